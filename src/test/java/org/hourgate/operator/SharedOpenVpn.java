package org.hourgate.operator;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.Reply;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.client.ManagementClient;
import org.hourgate.management.client.ManagementClientConfig;
import org.hourgate.testing.RawController;
import org.hourgate.testing.RecordingListener;
import org.hourgate.testing.StubGateControl;

/** A real OpenVPN, released from hold, and the shared socket before it; no gate between them. */
final class SharedOpenVpn implements AutoCloseable {

  static final Duration LONG = Duration.ofSeconds(60);

  /** Asks nothing of OpenVPN that a test asks, and is answered alike by both. */
  private static final String SENTINEL = "kill the-sentinel";

  private static final String SENTINEL_REPLY = "ERROR: common name 'the-sentinel' not found";

  private final OpenVpnServer server;
  private final EventLoops loops = new EventLoops("shared", 1);
  private final SharedDaemon daemon;
  private final OperatorSocket socket;
  private final Path path;
  private volatile ManagementClient client;
  private int markers;

  private SharedOpenVpn(OpenVpnServer server, Path path, GuestRole role) throws IOException {
    this.server = server;
    this.path = path;
    client = newClient();
    daemon = new SharedDaemon("udp", presentClient(), new RecordingListener(), TimeSource.system());
    socket =
        OperatorSocket.start(loops, path, Optional.empty(), role, daemon, new StubGateControl());
  }

  static SharedOpenVpn before(OpenVpnServer server, GuestRole role) throws Exception {
    Path management = server.managementSocket();
    SharedOpenVpn shared =
        new SharedOpenVpn(
            server, management.resolveSibling(management.getFileName() + ".shared"), role);
    shared.attach();
    shared.tell(new Command.HoldRelease());
    awaitServing(server);
    return shared;
  }

  private ManagementClient newClient() {
    return new ManagementClient(
        ManagementClientConfig.of(new ManagementAddress.Unix(server.managementSocket())),
        RandomGenerator.getDefault());
  }

  private ManagementConnection presentClient() {
    return new ManagementConnection() {
      @Override
      public CompletionStage<List<Reply>> send(CommandPriority priority, List<Command> commands) {
        return client.send(priority, commands);
      }

      @Override
      public CompletionStage<List<Reply>> send(
          Epoch epoch, CommandPriority priority, List<Command> commands) {
        return client.send(epoch, priority, commands);
      }
    };
  }

  private void attach() {
    client.start(daemon);
    await().atMost(LONG).until(() -> client.counters().attachments() == 1);
  }

  private void tell(Command command) {
    var _ = client.send(CommandPriority.STATUS, List.of(command)).toCompletableFuture().join();
  }

  /** Leaves OpenVPN's socket to somebody else for a moment. */
  <T> T instead(Function<RawController, T> somebody) throws IOException {
    client.close();
    try (RawController controller = controller(server.managementSocket())) {
      return somebody.apply(controller);
    } finally {
      client = newClient();
      attach();
    }
  }

  static void awaitServing(OpenVpnServer server) {
    server.output().await("Initialization Sequence Completed", LONG);
  }

  Path path() {
    return path;
  }

  RawController guest() throws IOException {
    return new RawController(path, SENTINEL, SENTINEL_REPLY);
  }

  /** Somebody in the place of the gate. */
  static RawController controller(Path management) throws IOException {
    return new RawController(management, SENTINEL, SENTINEL_REPLY);
  }

  /** All that OpenVPN was told by now ({@code manage.c man_process_command}), but load-stats. */
  List<String> commands() {
    String marker = "marker-" + ++markers;
    tell(new Command.KillCommonName(marker));
    server.output().await(marker, LONG);
    String mark = "MANAGEMENT: CMD '";
    return server.output().lines().stream()
        .map(line -> line.text())
        .filter(line -> line.contains(mark))
        .map(line -> line.substring(line.indexOf(mark) + mark.length(), line.length() - 1))
        .filter(command -> !command.startsWith("kill \"marker-"))
        .toList();
  }

  /** Frees the management socket of OpenVPN, which stays. */
  @Override
  public void close() {
    socket.close();
    client.close();
    loops.close();
  }
}

package org.hourgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.SpentLogins;
import org.hourgate.gate.AskedBy;
import org.hourgate.gate.Bans;
import org.hourgate.gate.Belts;
import org.hourgate.gate.Gate;
import org.hourgate.gate.GateConfig;
import org.hourgate.gate.GateListener;
import org.hourgate.gate.RevokedDevices;
import org.hourgate.gate.ServiceRecords;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Epoch;
import org.hourgate.management.KeyId;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;
import org.hourgate.session.InstanceName;
import org.hourgate.testing.RecordingConnection;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One CONNECT through the whole gate on one thread, to the commands it sends; then its client goes,
 * so that nothing grows.
 */
@State(Scope.Thread)
public class VerdictBenchmark {

  private static final int WALLETS = 1_000;
  private static final Epoch EPOCH = new Epoch(1);

  private final RecordingConnection connection = new RecordingConnection();
  private final Steps steps = new Steps();
  private final ManagementListener listener;
  private final List<ClientEnvironment> signed;
  private final List<ClientEnvironment> tokens;
  private long client;

  /** Makes a gate for which everybody has paid. */
  public VerdictBenchmark() {
    Path folder = folder();
    TimeSource time = TimeSource.system();
    CredentialAuthority authority = GateRig.authority(folder.resolve("gateway.key"));
    Gate gate =
        new Gate(
            new GateConfig(
                URI.create("https://vpn.example.org:8443"),
                1,
                GateConfig.WhenFull.NEWEST_WINS,
                Optional.of(Duration.ofSeconds(60)),
                GateConfig.WebSignIn.SAME_ADDRESS),
            steps,
            Runnable::run,
            time,
            authority,
            SpentLogins.open(
                folder.resolve("spent"), time.wallTime().minusSeconds(1), Runnable::run),
            Bans.open(folder.resolve("bans"), Runnable::run),
            RevokedDevices.open(folder.resolve("revoked-devices"), Runnable::run),
            Belts.open(folder.resolve("belts"), Runnable::run),
            new ServiceRecords(folder.resolve("accounts"), Runnable::run),
            new EverybodyPaid(time.wallTime().plus(Duration.ofHours(1))),
            new SourceLimiter(Optional.empty(), List.of(), time),
            (_, _, _) -> CompletableFuture.completedStage(List.of()),
            GateListener.none(),
            new Random(1));
    listener = gate.openInstance(new InstanceName("jmh"), connection, AskedBy.MANAGEMENT);
    connection.epoch(EPOCH);
    listener.attached(EPOCH);
    steps.runAll();
    Instant now = time.wallTime();
    signed = blocks(Login.signed(authority, Wallets.range(1, WALLETS), now));
    tokens = blocks(Login.tokens(authority, Wallets.range(1, WALLETS), now));
    if (verdict(signed) != 2 || verdict(tokens) != 2) {
      throw new IllegalStateException("the gate lets nobody in");
    }
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("hourgate-jmh");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<ClientEnvironment> blocks(List<Login> logins) {
    return logins.stream()
        .map(
            login -> {
              Map<String, String> variables = new LinkedHashMap<>();
              variables.put("username", login.username());
              variables.put("password", login.password());
              variables.put("untrusted_ip", "10.99.0.2");
              variables.put("IV_PROTO", "990");
              variables.put("IV_PLAT", "linux");
              return new ClientEnvironment(variables, false);
            })
        .toList();
  }

  @Benchmark
  public int verdictOnLogin() {
    return verdict(signed);
  }

  @Benchmark
  public int verdictOnToken() {
    return verdict(tokens);
  }

  /** Returns how many commands an accept has. */
  private int verdict(List<ClientEnvironment> blocks) {
    connection.take();
    ClientId id = new ClientId(++client);
    ClientEnvironment block = blocks.get((int) (client % blocks.size()));
    listener.notified(EPOCH, new Notification.ClientConnect(id, new KeyId(1), block));
    steps.runAll();
    int commands = connection.takeCommands().size();
    listener.notified(EPOCH, new Notification.ClientDisconnect(id, ClientEnvironment.EMPTY));
    steps.runAll();
    return commands;
  }

  /** Steps of the gate, run when it has returned. Timers are never due here. */
  private static final class Steps implements SerialExecutor {
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      waiting.add(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      return () -> {};
    }

    void runAll() {
      for (Runnable step = waiting.poll(); step != null; step = waiting.poll()) {
        step.run();
      }
    }
  }
}

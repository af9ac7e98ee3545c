package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.hourgate.app.install.Pki;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.Notification;
import org.hourgate.management.Reply;
import org.hourgate.testing.RecordingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client on the installed OpenVPN. */
final class ManagementClientIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MANY = 20_000;

  /** The last of many commands waits for all the others, on whatever machine. */
  private static final ManagementClientConfig.Timeouts PATIENT =
      new ManagementClientConfig.Timeouts(
          ManagementClientConfig.Timeouts.DEFAULT.connect(),
          ManagementClientConfig.Timeouts.DEFAULT.greeting(),
          PATIENCE,
          PATIENCE,
          ManagementClientConfig.Timeouts.DEFAULT.idle(),
          PATIENCE,
          ManagementClientConfig.Timeouts.DEFAULT.firstRetry(),
          ManagementClientConfig.Timeouts.DEFAULT.lastRetry(),
          ManagementClientConfig.Timeouts.DEFAULT.passwordRetry());

  private final RecordingListener listener = new RecordingListener();
  private LabNetwork network;
  private OpenVpnServer server;
  private ManagementClient client;

  @BeforeEach
  void attach() throws Exception {
    network = LabNetwork.create();
    server =
        OpenVpnServer.on(
                network, Pki.create(network.directory(), "hourgate-lab", Duration.ofDays(1)))
            .managementPassword("lab secret")
            .start();
    client = client("lab secret");
    client.start(listener);
    await().atMost(PATIENCE).until(() -> client.counters().attachments() == 1);
  }

  @AfterEach
  void close() {
    client.close();
    network.close();
  }

  @Test
  void attachesAdmitsCutsAndSurvivesASoftRestart() throws Exception {
    List<Reply> attach =
        replies(
            client.send(
                CommandPriority.STATUS,
                List.of(
                    new Command.EnvFilter(0),
                    new Command.HoldOn(),
                    new Command.StateOn(),
                    new Command.Version(),
                    new Command.Pid(),
                    new Command.Status(),
                    new Command.LogAll(),
                    new Command.HoldRelease())));
    assertThat(attach.get(4)).isEqualTo(new Reply.Success("pid=" + server.pid()));
    assertThat(attach.get(5)).as("status in hold").isInstanceOf(Reply.Failure.class);
    assertThat(attach.get(6)).isInstanceOf(Reply.Lines.class);

    try (OpenVpnClient alice =
        OpenVpnClient.of(server, network.addClient())
            .login("alice", "secret")
            .withoutDevice()
            .start()) {
      Notification.ClientConnect connect = next(Notification.ClientConnect.class, 1);
      assertThat(connect.environment().get("password")).contains("secret");
      Epoch epoch = listener.epoch();
      assertThat(
              replies(
                  client.send(
                      epoch,
                      CommandPriority.CONNECT,
                      List.of(
                          new Command.ClientAuth(
                              connect.client(), connect.key(), List.of("session-timeout 300")),
                          new Command.ClientPendingAuth(connect.client(), connect.key(), "", 60)))))
          .allMatch(Reply.Success.class::isInstance);
      var _ = next(Notification.ClientEstablished.class, 1);
      assertThat(
              replies(
                  client.send(
                      epoch,
                      CommandPriority.CUT,
                      List.of(
                          new Command.ClientKill(
                              connect.client(), Optional.of("HALT,\"käse\" \\ over")),
                          new Command.ClientDeny(
                              connect.client(),
                              connect.key(),
                              "no_time",
                              Optional.of("\"käse\" \\ over"))))))
          .allMatch(Reply.Success.class::isInstance);
      // The lab reads what programs print as ISO-8859-1.
      String printed =
          new String(
              "'\"käse\" \\ over'".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      alice.output().await("Halt command was pushed by server (" + printed + ")", PATIENCE);
      var _ = next(Notification.ClientDisconnect.class, 1);
    }

    Epoch before = listener.epoch();
    server.signal("USR1");
    await()
        .atMost(PATIENCE)
        .until(() -> listener.notifications(Notification.Hold.class).size() > 1);
    assertThat(listener.epoch().number()).isGreaterThan(before.number());
    assertThat(listener.reasons()).isEmpty();
    assertThat(client.counters().unparsedLines()).isZero();
  }

  @Test
  void pipelinesManyCommands() throws Exception {
    assertThat(replies(client.send(CommandPriority.STATUS, List.of(new Command.HoldRelease()))))
        .hasSize(1);
    List<CompletionStage<List<Reply>>> sent = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      sent.add(
          client.send(
              listener.epoch(),
              CommandPriority.CONNECT,
              List.of(new Command.KillCommonName("nobody" + i), new Command.EnvFilter(0))));
    }
    for (int i = 0; i < MANY; i++) {
      assertThat(replies(sent.get(i)))
          .containsExactly(
              new Reply.Failure("common name 'nobody" + i + "' not found"),
              new Reply.Success("env_filter_level=0"));
    }
  }

  @Test
  void reattachesToANewProcessAndWaitsBehindAnotherController() throws Exception {
    ManagementClient second = client("lab secret");
    RecordingListener waiting = new RecordingListener();
    try {
      second.start(waiting);
      await().atMost(PATIENCE).until(() -> !waiting.reasons().isEmpty());
      assertThat(waiting.reasons().getFirst()).contains("another program");
      client.close();
      await().atMost(PATIENCE).until(() -> second.counters().attachments() == 1);
      server.kill();
      await().atMost(PATIENCE).until(() -> second.counters().losses() == 1);
      server.start();
      await().atMost(PATIENCE).until(() -> second.counters().attachments() == 2);
    } finally {
      second.close();
    }
  }

  @Test
  void isToldThatThePasswordIsWrong() {
    client.close();
    ManagementClient other = client("wrong");
    RecordingListener refused = new RecordingListener();
    try {
      other.start(refused);
      // An OpenVPN that is slow to let the other go gives no greeting at first.
      await()
          .atMost(PATIENCE)
          .until(() -> refused.reasons().contains("OpenVPN refused the management password"));
    } finally {
      other.close();
    }
  }

  private ManagementClient client(String password) {
    return new ManagementClient(
        ManagementClientConfig.of(new ManagementAddress.Unix(server.managementSocket()))
            .withPassword(() -> password)
            .withTimeouts(PATIENT),
        new Random(1));
  }

  private <T extends Notification> T next(Class<T> kind, int count) {
    await().atMost(PATIENCE).until(() -> listener.notifications(kind).size() >= count);
    return listener.notifications(kind).get(count - 1);
  }

  private static List<Reply> replies(CompletionStage<List<Reply>> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}

package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.CommandTimeoutException;
import org.hourgate.management.Epoch;
import org.hourgate.management.EpochEndedException;
import org.hourgate.management.KeyId;
import org.hourgate.management.ManagementConnectionException;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;
import org.hourgate.management.Reply;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.management.fake.FakeVpnClient;
import org.hourgate.testing.RecordingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client against a stand-in daemon on real sockets. */
final class ManagementClientTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ManagementClientConfig.Timeouts SHORT =
      new ManagementClientConfig.Timeouts(
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofMillis(700),
          Duration.ofMillis(1500),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofMillis(20),
          Duration.ofMillis(100),
          Duration.ofMillis(500));

  private final RecordingListener listener = new RecordingListener();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable resource : opened.reversed()) {
      resource.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void attachesOverAUnixSocket(Transport transport) throws Exception {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    ManagementClient client =
        opened(
            new ManagementClient(
                ManagementClientConfig.of(openVpn.address()), new Random(1), transport));
    client.start(listener);
    awaitAttached(client, 1);
    assertThat(replies(client.send(CommandPriority.STATUS, List.of(new Command.Pid()))))
        .containsExactly(new Reply.Success("pid=" + openVpn.pid()));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void attachesOverTcpWithAPassword(Transport transport) throws Exception {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.builder().tcp().password("right").start());
    ManagementClient client =
        opened(
            new ManagementClient(
                ManagementClientConfig.of(openVpn.address()).withPassword(() -> "right"),
                new Random(1),
                transport));
    client.start(listener);
    awaitAttached(client, 1);
    List<Reply> replies =
        replies(client.send(CommandPriority.STATUS, List.of(new Command.Version())));
    assertThat(replies.getFirst())
        .isInstanceOfSatisfying(Reply.Lines.class, lines -> assertThat(lines.lines()).hasSize(2));
  }

  @Test
  void tellsTheGreetingFirstAndNotificationsInTheOrderOfTheStream() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    start(openVpn);
    openVpn.connect("alice", "secret");
    openVpn.notify(">CLIENT:ADDRESS,0,10.0.0.1,1", ">NOTIFY:info,remote-exit,EXIT");
    await().until(() -> listener.events().size() == 5);
    Epoch epoch = listener.epoch();
    assertThat(listener.events().getFirst()).isEqualTo(new RecordingListener.Attached(epoch));
    assertThat(listener.events(RecordingListener.Notified.class))
        .allMatch(notified -> notified.epoch().equals(epoch))
        .extracting(notified -> notified.notification().getClass().getSimpleName())
        .containsExactly("Info", "ClientConnect", "ClientAddress", "Unrecognized");
  }

  @Test
  void admitsAndCutsAClient() throws Exception {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.builder().virtualTime().start());
    ManagementClient client = start(openVpn);
    FakeVpnClient alice = openVpn.connect("alice", "secret");
    Epoch epoch = listener.epoch();
    assertThat(
            replies(
                client.send(
                    epoch,
                    CommandPriority.CONNECT,
                    List.of(
                        new Command.ClientAuth(
                            alice.id(), alice.key(), List.of("session-timeout 60")),
                        new Command.ClientPendingAuth(alice.id(), alice.key(), "", 60)))))
        .containsExactly(
            new Reply.Success("client-auth command succeeded"),
            new Reply.Success("client-pending-auth command succeeded"));
    assertThat(alice.passesTraffic()).isTrue();
    assertThat(alice.directives()).containsExactly("session-timeout 60");
    assertThat(
            replies(
                client.send(
                    epoch,
                    CommandPriority.CUT,
                    List.of(
                        new Command.ClientKill(alice.id(), Optional.of("HALT,no time")),
                        new Command.ClientDeny(
                            alice.id(), alice.key(), "no_time", Optional.of("no time")),
                        new Command.ClientDeny(
                            alice.id(), new KeyId(9), "no_time", Optional.of("no time"))))))
        .containsExactly(
            new Reply.Success("client-kill command succeeded"),
            new Reply.Success("client-deny command succeeded"),
            new Reply.Failure("client-deny command failed"));
    assertThat(alice.passesTraffic()).isFalse();
    assertThat(openVpn.drainCommands())
        .containsExactly(
            "client-auth 0 1\nsession-timeout 60\nEND",
            "client-pending-auth 0 1 \"\" 60",
            "client-kill 0 \"HALT,no time\"",
            "client-deny 0 1 \"no_time\" \"no time\"",
            "client-deny 0 9 \"no_time\" \"no time\"");
    openVpn.advance(Duration.ofSeconds(5));
    await().until(() -> listener.notifications(Notification.ClientDisconnect.class).size() == 1);
  }

  @Test
  void sendsNothingOfAnEpochThatIsOver() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    ManagementClient client = start(openVpn);
    Epoch old = listener.epoch();
    openVpn.notify(">STATE:1,RECONNECTING,SIGUSR1,,,,,");
    await().until(() -> !listener.epoch().equals(old));
    CompletionStage<List<Reply>> stale =
        client.send(
            old,
            CommandPriority.CUT,
            List.of(new Command.ClientKill(new ClientId(0), Optional.empty())));
    assertThatThrownBy(() -> replies(stale)).hasRootCauseInstanceOf(EpochEndedException.class);
    assertThat(openVpn.drainCommands()).isEmpty();
    assertThat(client.counters().staleSends()).isOne();
  }

  @Test
  void softRestartBeginsAnEpochBeforeTheNotificationThatShowsIt() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    start(openVpn);
    openVpn.connect("alice", "secret");
    openVpn.connect("bob", "secret");
    openVpn.softRestart();
    FakeVpnClient again = openVpn.connect("mallory", "guess");
    assertThat(again.id().value()).isZero();
    await()
        .untilAsserted(
            () -> {
              List<RecordingListener.Event> events = listener.events();
              assertThat(events.getLast())
                  .isInstanceOfSatisfying(
                      RecordingListener.Notified.class,
                      last ->
                          assertThat(last.notification())
                              .isInstanceOf(Notification.ClientConnect.class));
              assertThat(events.get(events.size() - 2))
                  .isInstanceOf(RecordingListener.EpochStarted.class);
            });
  }

  @Test
  void reattachesAfterTheDaemonHungUpAndFailsWhatWasUnanswered() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    ManagementClient client = start(openVpn);
    Epoch first = listener.epoch();
    openVpn.enqueue();
    CompletionStage<List<Reply>> lost =
        client.send(CommandPriority.STATUS, List.of(new Command.Pid()));
    assertThat(openVpn.takeCommand()).isEqualTo("pid");
    openVpn.drop();
    assertThatThrownBy(() -> replies(lost))
        .hasRootCauseInstanceOf(ManagementConnectionException.class);
    awaitAttached(client, 2);
    assertThat(listener.reasons()).containsExactly("OpenVPN closed the connection");
    assertThat(listener.epoch().number()).isGreaterThan(first.number());
    assertThat(openVpn.drainCommands()).isEmpty();
  }

  @Test
  void triesUntilTheDaemonIsThereAndTellsTheReasonOnce() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    openVpn.stop();
    ManagementClient client = opened(client(openVpn, SHORT));
    client.start(listener);
    await().until(() -> client.counters().failedAttempts() > 4);
    assertThat(listener.reasons()).containsExactly("cannot connect: there is no such socket");
    openVpn.restart();
    awaitAttached(client, 1);
    assertThat(listener.reasons()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void saysThatSomebodyElseHoldsTheInterface() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    RecordingListener other = new RecordingListener();
    ManagementClient holder = opened(client(openVpn, patient(PATIENCE)));
    holder.start(other);
    awaitAttached(holder, 1);
    ManagementClient client = opened(client(openVpn, SHORT));
    client.start(listener);
    await().until(() -> client.counters().failedAttempts() > 1);
    assertThat(listener.reasons())
        .containsExactly(
            "no greeting within 300 ms: another program holds the management interface");
    holder.close();
    awaitAttached(client, 1);
    assertThat(other.reasons()).containsExactly("closed by this program");
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void saysSoAlsoWhenThereIsNoRoomToWait(Transport transport, @TempDir Path folder)
      throws Exception {
    Path socket = folder.resolve("m.sock");
    ServerSocketChannel silent = opened(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
    silent.bind(UnixDomainSocketAddress.of(socket), 1);
    ManagementClient client =
        opened(
            new ManagementClient(
                ManagementClientConfig.of(new ManagementAddress.Unix(socket)).withTimeouts(SHORT),
                new Random(1),
                transport));
    client.start(listener);
    await().until(() -> client.counters().failedAttempts() > 4);
    assertThat(listener.reasons())
        .containsExactly(
            "no greeting within 300 ms: another program holds the management interface",
            "cannot connect: another program holds the management interface, and others wait");
  }

  @Test
  void saysThatTheDaemonRefusesThisUser() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    openVpn.refuseControllers(true);
    ManagementClient client = opened(client(openVpn, SHORT));
    client.start(listener);
    await().until(() -> client.counters().failedAttempts() > 2);
    assertThat(listener.reasons().getFirst()).contains("management-client-user");
    openVpn.refuseControllers(false);
    awaitAttached(client, 1);
  }

  @Test
  void triesAWrongPasswordOnceAStepAndReadsItAnew() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.builder().password("right").start());
    AtomicInteger reads = new AtomicInteger();
    ManagementClient client =
        opened(
            new ManagementClient(
                ManagementClientConfig.of(openVpn.address())
                    .withPassword(() -> reads.incrementAndGet() < 3 ? "wrong" : "right")
                    .withTimeouts(patient(Duration.ofMillis(100))),
                new Random(1)));
    client.start(listener);
    awaitAttached(client, 1);
    assertThat(reads).hasValue(3);
    assertThat(client.counters().failedAttempts()).isEqualTo(2);
    assertThat(listener.reasons()).containsExactly("OpenVPN refused the management password");
  }

  @Test
  void saysWhyThereIsNoPassword() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.builder().password("right").start());
    ManagementClient unconfigured =
        opened(client(openVpn, ManagementClientConfig.Timeouts.DEFAULT));
    unconfigured.start(listener);
    await().until(() -> !listener.reasons().isEmpty());
    assertThat(listener.reasons())
        .containsExactly("OpenVPN asks for a management password and none is configured");
    RecordingListener other = new RecordingListener();
    ManagementClient unreadable =
        opened(
            new ManagementClient(
                ManagementClientConfig.of(openVpn.address())
                    .withPassword(
                        () -> {
                          throw new IllegalStateException("the file is gone");
                        }),
                new Random(1)));
    unreadable.start(other);
    await().until(() -> !other.reasons().isEmpty());
    assertThat(other.reasons()).containsExactly("the file is gone");
  }

  @Test
  void lateReplyGoesToItsOwnerAndNobodyElse() throws Exception {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    ManagementClient client =
        opened(
            client(
                openVpn,
                new ManagementClientConfig.Timeouts(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    Duration.ofMillis(20),
                    Duration.ofMillis(100),
                    Duration.ofMillis(500))));
    client.start(listener);
    awaitAttached(client, 1);
    openVpn.enqueue();
    CompletionStage<List<Reply>> late =
        client.send(CommandPriority.STATUS, List.of(new Command.LoadStats()));
    assertThatThrownBy(() -> replies(late)).hasRootCauseInstanceOf(CommandTimeoutException.class);
    openVpn.enqueue("SUCCESS: nclients=0", "SUCCESS: pid=7");
    CompletionStage<List<Reply>> next =
        client.send(CommandPriority.STATUS, List.of(new Command.Pid()));
    assertThat(replies(next)).containsExactly(new Reply.Success("pid=7"));
    assertThat(client.counters().losses()).isZero();
    assertThat(client.counters().timedOutSends()).isOne();
  }

  @Test
  void closesWhenTheDaemonAnswersNothingForLong() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    ManagementClient client = opened(client(openVpn, SHORT));
    client.start(listener);
    awaitAttached(client, 1);
    openVpn.enqueue();
    var _ = client.send(CommandPriority.STATUS, List.of(new Command.Pid()));
    awaitAttached(client, 2);
    assertThat(listener.reasons()).contains("no reply within 1500 ms");
  }

  @Test
  void closesOnAReplyNobodyAskedFor() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    ManagementClient client = start(openVpn);
    openVpn.notify("SUCCESS: pid=1");
    awaitAttached(client, 2);
    assertThat(listener.reasons()).containsExactly("a reply to no command");
  }

  @Test
  void whatAListenerThrowsChangesNothing() throws Exception {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    ManagementClient client = opened(client(openVpn, ManagementClientConfig.Timeouts.DEFAULT));
    client.start(
        new ManagementListener() {
          @Override
          public void attached(Epoch epoch) {
            throw new IllegalStateException("attached");
          }

          @Override
          public void epochStarted(Epoch epoch) {
            throw new AssertionError("epochStarted");
          }

          @Override
          public void notified(Epoch epoch, Notification notification) {
            throw new IllegalStateException("notified");
          }

          @Override
          public void detached(String reason) {}
        });
    awaitAttached(client, 1);
    openVpn.notify(">HOLD:x");
    assertThat(replies(client.send(CommandPriority.STATUS, List.of(new Command.Pid())))).hasSize(1);
    assertThat(client.counters().listenerFailures()).isEqualTo(4);
    assertThat(client.counters().losses()).isZero();
  }

  @Test
  void asksAnIdleDaemonForALifeSignAndLeavesASilentOne() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    ManagementClient client =
        opened(
            client(
                openVpn,
                new ManagementClientConfig.Timeouts(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofMillis(200),
                    Duration.ofMillis(1500),
                    Duration.ofMillis(20),
                    Duration.ofMillis(100),
                    Duration.ofMillis(500))));
    client.start(listener);
    awaitAttached(client, 1);
    assertThat(openVpn.takeCommand()).isEqualTo("pid");
    assertThat(openVpn.takeCommand()).isEqualTo("pid");
    openVpn.stall();
    await().until(() -> !listener.reasons().isEmpty());
    assertThat(listener.reasons().getFirst())
        .isEqualTo("no sign of life within 1500 ms of asking for one");
    openVpn.resume();
    awaitAttached(client, 2);
  }

  @Test
  void closeFailsWhatIsUnderWayTellsItOnceAndIsIdempotent() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    ManagementClient client = start(openVpn);
    openVpn.enqueue();
    CompletionStage<List<Reply>> underWay =
        client.send(CommandPriority.STATUS, List.of(new Command.Pid()));
    openVpn.takeCommand();
    client.close();
    client.close();
    assertThatThrownBy(() -> replies(underWay))
        .hasRootCauseInstanceOf(ManagementConnectionException.class);
    assertThatThrownBy(() -> replies(client.send(CommandPriority.CUT, List.of(new Command.Pid()))))
        .hasRootCauseInstanceOf(ManagementConnectionException.class);
    assertThat(listener.reasons()).containsExactly("closed by this program");
    await().until(() -> !openVpn.isAttached());
  }

  @Test
  void canBeClosedUnstartedAndFromItsOwnThread() {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.start());
    client(openVpn, SHORT).close();
    ManagementClient client = opened(client(openVpn, SHORT));
    client.start(
        new ManagementListener() {
          @Override
          public void attached(Epoch epoch) {
            client.close();
          }

          @Override
          public void epochStarted(Epoch epoch) {}

          @Override
          public void notified(Epoch epoch, Notification notification) {}

          @Override
          public void detached(String reason) {
            listener.detached(reason);
          }
        });
    await().until(() -> !listener.reasons().isEmpty());
    await().until(() -> !openVpn.isAttached());
  }

  @Test
  void tenThousandVerdictsOutstandingAllFindTheirReply() throws Exception {
    FakeOpenVpn openVpn = opened(FakeOpenVpn.builder().virtualTime().start());
    ManagementClient client = opened(client(openVpn, patient(PATIENCE)));
    client.start(listener);
    awaitAttached(client, 1);
    List<FakeVpnClient> vpnClients = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      vpnClients.add(openVpn.connect("client" + i, "secret"));
    }
    await()
        .until(() -> client.counters().notifications().getOrDefault("ClientConnect", 0L) == 10_000);
    List<CompletionStage<List<Reply>>> sent = new ArrayList<>();
    for (FakeVpnClient vpnClient : vpnClients) {
      sent.add(
          client.send(
              listener.epoch(),
              CommandPriority.CONNECT,
              List.of(
                  new Command.ClientAuth(vpnClient.id(), vpnClient.key(), List.of("push \"x\"")),
                  new Command.ClientPendingAuth(vpnClient.id(), vpnClient.key(), "", 60))));
    }
    for (CompletionStage<List<Reply>> stage : sent) {
      assertThat(replies(stage)).allMatch(Reply.Success.class::isInstance);
    }
    assertThat(vpnClients).allMatch(FakeVpnClient::passesTraffic);
  }

  private ManagementClient start(FakeOpenVpn openVpn) {
    ManagementClient client = opened(client(openVpn, ManagementClientConfig.Timeouts.DEFAULT));
    client.start(listener);
    awaitAttached(client, 1);
    await().until(() -> !listener.notifications(Notification.Info.class).isEmpty());
    return client;
  }

  private static ManagementClient client(
      FakeOpenVpn openVpn, ManagementClientConfig.Timeouts timeouts) {
    return new ManagementClient(
        ManagementClientConfig.of(openVpn.address()).withTimeouts(timeouts), new Random(1));
  }

  private static ManagementClientConfig.Timeouts patient(Duration passwordRetry) {
    ManagementClientConfig.Timeouts usual = ManagementClientConfig.Timeouts.DEFAULT;
    return new ManagementClientConfig.Timeouts(
        usual.connect(),
        PATIENCE,
        PATIENCE,
        PATIENCE,
        PATIENCE,
        PATIENCE,
        usual.firstRetry(),
        usual.lastRetry(),
        passwordRetry);
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE);
  }

  private static void awaitAttached(ManagementClient client, long times) {
    await().until(() -> client.counters().attachments() >= times);
  }

  private static List<Reply> replies(CompletionStage<List<Reply>> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.add(resource);
    return resource;
  }
}

package org.hourgate.gate.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.CommandTimeoutException;
import org.hourgate.management.Epoch;
import org.hourgate.management.KeyId;
import org.hourgate.management.Notification;
import org.hourgate.management.Reply;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionEvent;
import org.hourgate.session.SessionTracker;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.RecordingConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a script's request becomes, and what becomes of a verdict. */
final class ScriptedDaemonTest {

  private static final Epoch EPOCH = new Epoch(0);
  private static final String CONTROL = "openvpn_acf_a1.tmp";
  private static final String REASON = "openvpn_afr_b2.tmp";
  private static final List<String> BLOCK =
      List.of("session-timeout 90", "push \"auth-token TOKEN\"");

  @TempDir private Path folder;

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T18:00:00Z"));
  private final RecordingConnection openVpn = new RecordingConnection();
  private final List<SessionEvent> events = new ArrayList<>();
  private ScriptedDaemon daemon;

  @BeforeEach
  void attach() throws IOException {
    daemon = new ScriptedDaemon(openVpn, ScriptFolder.prepare(folder, Optional.empty()), time);
    daemon.tell(new SessionTracker(new InstanceName("udp"), events::add));
    daemon.attached(EPOCH);
    time.settle();
    openVpn.take();
    events.clear();
  }

  @AfterEach
  void detach() {
    daemon.detached("over");
    time.settle();
  }

  private void script(String control, String pid, String tunnel) throws IOException {
    Files.createFile(folder.resolve(control));
    Files.writeString(folder.resolve(REASON), "");
    daemon.received(ScriptRequestTest.line(control, REASON, pid, tunnel, "0xAb", "secret"));
    time.settle();
  }

  private SessionEvent.LoginRequested login() throws IOException {
    script(CONTROL, "4711", "");
    return take(SessionEvent.LoginRequested.class);
  }

  private <T extends SessionEvent> T take(Class<T> type) {
    assertThat(events).first().isInstanceOf(type);
    return type.cast(events.removeFirst());
  }

  private List<Reply> send(Command... commands) {
    var stage = daemon.send(EPOCH, CommandPriority.CONNECT, List.of(commands));
    time.settle();
    return stage.toCompletableFuture().join();
  }

  private void established(long client, String control, String address) {
    established(client, "0xAb", control, address);
  }

  private void established(long client, String username, String control, String address) {
    daemon.notified(
        EPOCH,
        new Notification.ClientEstablished(
            new ClientId(client),
            new ClientEnvironment(
                Map.of(
                    "username",
                    username,
                    "auth_control_file",
                    folder + "/" + control,
                    "ifconfig_pool_remote_ip",
                    address),
                false)));
    time.settle();
  }

  private String file(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  private static String row(long client, String address) {
    return "CLIENT_LIST\t0xAb\t192.0.2.7:5555\t%s\t\t10\t20\tx\t1795290241\t0xAb\t%d\t0\tAES"
        .formatted(address, client);
  }

  @Test
  void laysTheEndAndTheTokenReadyBeforeItLetsAClientIn() throws IOException {
    ClientId client = login().session().client();

    List<Reply> replies =
        send(
            new Command.ClientAuth(client, new KeyId(1), BLOCK),
            new Command.ClientPendingAuth(client, new KeyId(1), "", 60));

    assertThat(replies).allMatch(Reply.Success.class::isInstance);
    assertThat(file(CONTROL)).isEqualTo("1");
    assertThat(file("admitted.a1.tmp"))
        .isEqualTo("session-timeout 90\npush \"auth-token TOKEN\"\n");
    assertThat(openVpn.take()).isEmpty();
  }

  private static final Command.ClientPendingAuth PAGE =
      new Command.ClientPendingAuth(new ClientId(0), new KeyId(1), "WEB_AUTH::https://x/c/1", 300);

  /** Sends the client to a page; OpenVPN knows it by its third key. */
  private List<Reply> sendToPage(ClientId login, String... rows) {
    openVpn.status(rows);
    openVpn.answer(
        command ->
            command instanceof Command.ClientPendingAuth c && c.key().value() != 3
                ? Optional.of(new Reply.Failure("client-pending-auth command failed"))
                : Optional.empty());
    return send(new Command.ClientPendingAuth(login, PAGE.key(), PAGE.extra(), PAGE.seconds()));
  }

  @Test
  void sendsAClientToAPageByTheNumberThatOpenVpnKnowsItBy() throws IOException {
    ClientId client = login().session().client();
    openVpn.take();

    assertThat(sendToPage(client, row(6, "10.8.0.2"), row(7, "")))
        .singleElement()
        .isInstanceOf(Reply.Success.class);
    assertThat(openVpn.takeCommands())
        .filteredOn(Command.ClientPendingAuth.class::isInstance)
        .isNotEmpty()
        .allSatisfy(
            command -> {
              Command.ClientPendingAuth told = (Command.ClientPendingAuth) command;
              assertThat(told.client()).isEqualTo(new ClientId(7));
              assertThat(told.extra()).isEqualTo(PAGE.extra());
            });

    time.advance(Duration.ofMinutes(5));
    send(new Command.ClientAuth(client, new KeyId(1), BLOCK));
    assertThat(file(CONTROL)).isEqualTo("1");
  }

  @Test
  void sendsNobodyToAPageWhomOpenVpnDoesNotKnow() throws IOException {
    ClientId client = login().session().client();
    String elsewhere = row(7, "").replace("192.0.2.7:5555", "192.0.2.7:5556");
    String other = row(7, "").replace("0xAb", "0xCd");

    assertThat(sendToPage(client, elsewhere, other)).allMatch(Reply.Failure.class::isInstance);
    assertThat(openVpn.takeCommands()).noneMatch(Command.ClientPendingAuth.class::isInstance);
  }

  @Test
  void takesNoSilenceForAnOpenVpnThatDoesNotKnowTheClient() throws IOException {
    ClientId client = login().session().client();
    openVpn.fail(
        command ->
            command instanceof Command.ClientPendingAuth
                ? Optional.of(new CommandTimeoutException(Duration.ofSeconds(10)))
                : Optional.empty());

    assertThatThrownBy(() -> sendToPage(client, row(7, "")))
        .hasCauseInstanceOf(CommandTimeoutException.class);
  }

  @Test
  void tellsThatAClientLeftThatWaitedForItsPage() throws IOException {
    SessionEvent.LoginRequested login = login();
    sendToPage(login.session().client(), row(7, ""));
    time.advance(Duration.ofSeconds(2));
    assertThat(events).isEmpty();

    openVpn.status();
    time.advance(Duration.ofSeconds(2));

    assertThat(take(SessionEvent.Ended.class).session()).isEqualTo(login.session());
    assertThat(file(CONTROL)).isEqualTo("0");
  }

  @Test
  void letsNobodyInWithoutAnEnd() throws IOException {
    ClientId client = login().session().client();

    assertThat(send(new Command.ClientAuth(client, new KeyId(1), List.of())))
        .allMatch(Reply.Failure.class::isInstance);
    assertThat(file(CONTROL)).isEmpty();
  }

  @Test
  void writesTheReasonBeforeTheRefusal() throws IOException {
    ClientId client = login().session().client();

    send(new Command.ClientDeny(client, new KeyId(1), "no_time", Optional.of("Buy [no_time]")));

    assertThat(file(REASON)).isEqualTo("Buy [no_time]");
    assertThat(file(CONTROL)).isEqualTo("0");
  }

  @Test
  void answersALoginOnce() throws IOException {
    ClientId client = login().session().client();
    send(new Command.ClientDeny(client, new KeyId(1), "no_time", Optional.empty()));

    assertThat(send(new Command.ClientAuth(client, new KeyId(1), BLOCK)))
        .allMatch(Reply.Failure.class::isInstance);
    assertThat(file(CONTROL)).isEqualTo("0");
  }

  @Test
  void answersNobodyWhomOpenVpnHasGivenUp() throws IOException {
    ClientId client = login().session().client();
    Files.delete(folder.resolve(CONTROL));

    assertThat(send(new Command.ClientAuth(client, new KeyId(1), BLOCK)))
        .allMatch(Reply.Failure.class::isInstance);
    assertThat(folder.resolve(CONTROL)).doesNotExist();
    assertThat(folder.resolve("admitted.a1.tmp")).doesNotExist();
  }

  @Test
  void knowsAClientByTheControlFileOfItsLogin() throws IOException {
    SessionEvent.LoginRequested login = login();
    send(new Command.ClientAuth(login.session().client(), new KeyId(1), BLOCK));

    established(7, CONTROL, "10.8.0.2");

    SessionEvent.Identified identified = take(SessionEvent.Identified.class);
    assertThat(identified.session()).isEqualTo(login.session());
    assertThat(identified.client().client()).isEqualTo(new ClientId(7));
    assertThat(take(SessionEvent.Established.class).session().client()).isEqualTo(new ClientId(7));
    assertThat(folder.resolve("admitted.a1.tmp")).doesNotExist();
  }

  @Test
  void takesNobodyForAClientThatWasNotLetIn() throws IOException {
    login();
    events.clear();
    openVpn.status(row(7, "10.8.0.2"), row(8, "10.8.0.3"));

    established(7, CONTROL, "10.8.0.2");
    established(8, "openvpn_acf_ff.tmp", "10.8.0.3");

    assertThat(events).hasSize(2).allMatch(SessionEvent.Established.class::isInstance);
  }

  @Test
  void hearsNoScriptOfAnotherProcess() throws IOException {
    script(CONTROL, "4710", "");

    assertThat(events).isEmpty();
  }

  @Test
  void forgetsALoginWhoseClientBeginsAnew() throws IOException {
    SessionEvent.LoginRequested first = login();
    send(new Command.ClientAuth(first.session().client(), new KeyId(1), BLOCK));

    script("openvpn_acf_a2.tmp", "4711", "");

    assertThat(take(SessionEvent.Ended.class).session()).isEqualTo(first.session());
    assertThat(take(SessionEvent.LoginRequested.class).session()).isNotEqualTo(first.session());
    assertThat(file(CONTROL)).isEqualTo("0");
    assertThat(folder.resolve("admitted.a1.tmp")).doesNotExist();
  }

  @Test
  void tellsWhoIsNoLongerThere() {
    established(7, CONTROL, "10.8.0.2");
    events.clear();
    openVpn.status(row(7, "10.8.0.2"));
    time.advance(Duration.ofSeconds(2));
    assertThat(events).isEmpty();

    openVpn.status();
    time.advance(Duration.ofSeconds(2));

    SessionEvent.Ended ended = take(SessionEvent.Ended.class);
    assertThat(ended.session().client()).isEqualTo(new ClientId(7));
    assertThat(ended.bytesIn()).isEqualTo(10);
    assertThat(ended.bytesOut()).isEqualTo(20);
  }

  @Test
  void judgesNobodyByAStatusThatWasAskedForBefore() {
    var held = openVpn.holdReplies();
    daemon.send(CommandPriority.STATUS, List.of(new Command.Status()));
    time.settle();
    established(7, CONTROL, "10.8.0.2");
    events.clear();

    held.getFirst().complete(List.of(new Reply.Lines(List.of())));
    time.settle();

    assertThat(events).isEmpty();
  }

  @Test
  void answersARenewalOfKeysOfTheClientWithThatAddress() throws IOException {
    established(7, CONTROL, "10.8.0.2");
    events.clear();
    openVpn.status(row(7, "10.8.0.2"));

    script("openvpn_acf_a2.tmp", "4711", "10.8.0.2");

    SessionEvent.ReauthRequested reauth = take(SessionEvent.ReauthRequested.class);
    assertThat(reauth.session().client()).isEqualTo(new ClientId(7));
    send(new Command.ClientAuthNt(new ClientId(7), reauth.key()));
    assertThat(file("openvpn_acf_a2.tmp")).isEqualTo("1");
  }

  @Test
  void takesNobodyForTheFormerOwnerOfHisAddress() throws IOException {
    established(7, CONTROL, "10.8.0.2");
    events.clear();
    openVpn.status(row(80, "10.8.0.2"));

    established(80, "0xCd", "openvpn_acf_a2.tmp", "10.8.0.2");

    assertThat(take(SessionEvent.Ended.class).session().client()).isEqualTo(new ClientId(7));
    assertThat(take(SessionEvent.Established.class).session().client()).isEqualTo(new ClientId(80));
  }

  @Test
  void looksWhoIsThereForARenewalOfAnUnknownClient() throws IOException {
    openVpn.status(row(9, "10.8.0.9"));

    script(CONTROL, "4711", "10.8.0.9");

    assertThat(take(SessionEvent.ReauthRequested.class).session().client())
        .isEqualTo(new ClientId(9));
  }

  @Test
  void hearsARenewalThatWaitedForAGate() throws IOException {
    openVpn.status(row(9, "10.8.0.9"));
    Files.createFile(folder.resolve(CONTROL));
    Path waiting =
        Files.writeString(
            folder.resolve("waiting.a1.tmp"),
            ScriptRequestTest.line(CONTROL, REASON, "4711", "10.8.0.9", "0xAb", "secret") + "\n");

    daemon.received("look");
    time.settle();

    assertThat(take(SessionEvent.ReauthRequested.class).session().client())
        .isEqualTo(new ClientId(9));
    assertThat(waiting).doesNotExist();
  }

  @Test
  void keepsNoScriptWaitingWhoseSessionIsEnded() throws IOException {
    established(7, CONTROL, "10.8.0.2");
    openVpn.status(row(7, "10.8.0.2"));
    script("openvpn_acf_a2.tmp", "4711", "10.8.0.2");
    openVpn.take();

    send(new Command.ClientKill(new ClientId(7), Optional.of("HALT,over")));

    assertThat(file("openvpn_acf_a2.tmp")).isEqualTo("2");
    assertThat(openVpn.takeCommands()).hasSize(1).first().isInstanceOf(Command.ClientKill.class);
  }

  @Test
  void voidsALoginThatIsEndedBeforeItIsUp() throws IOException {
    SessionEvent.LoginRequested login = login();
    send(new Command.ClientAuth(login.session().client(), new KeyId(1), BLOCK));

    send(new Command.ClientKill(login.session().client(), Optional.of("HALT,over")));

    assertThat(file(CONTROL)).isEqualTo("0");
    assertThat(folder.resolve("admitted.a1.tmp")).doesNotExist();
    assertThat(take(SessionEvent.Ended.class).session()).isEqualTo(login.session());
    assertThat(openVpn.take()).isEmpty();
  }

  @Test
  void answersNothingOfAnEpochThatIsOver() throws IOException {
    ClientId client = login().session().client();
    daemon.epochStarted(new Epoch(1));
    time.settle();

    var stage =
        daemon.send(
            EPOCH,
            CommandPriority.CONNECT,
            List.of(new Command.ClientAuth(client, new KeyId(1), BLOCK)));
    time.settle();

    assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
    assertThat(file(CONTROL)).isEmpty();
  }

  @Test
  void letsNobodyButItsGroupIn() throws IOException {
    assertThat((Integer) Files.getAttribute(folder, "unix:mode") & 07777).isEqualTo(02770);
    assertThat((Integer) Files.getAttribute(folder.resolve("requests"), "unix:mode") & 07777)
        .isEqualTo(0660);
  }
}

package org.hourgate.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.SessionView;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.KeyId;
import org.hourgate.management.ManagementConnectionException;
import org.hourgate.management.Notification;
import org.hourgate.management.Reply;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.RecordingConnection;
import org.hourgate.testing.RecordingListener;
import org.hourgate.testing.StubGateControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One guest, line by line. */
final class GuestHandlerTest {

  private static final String WALLET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
  private static final String GREETING =
      ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n";
  private static final Epoch EPOCH = new Epoch(0);
  private static final String[] STATUS = {
    "TITLE\tOpenVPN 2.6.14",
    "TIME\t2026-11-22 01:00:00\t1795309200",
    "HEADER\tCLIENT_LIST\tCommon Name",
    "CLIENT_LIST\t"
        + WALLET
        + "\t192.0.2.1:4000\t10.8.0.2\t\t11\t22\t2026-11-22 00:59:00\t1795309140\t"
        + WALLET
        + "\t7\t0\tAES-256-GCM",
    "CLIENT_LIST\told,name\t192.0.2.2:4001\t10.8.0.3\t\t33\t44\t2026-11-22 00:59:01\t1795309141\tx\t8\t1\tAES-256-GCM",
    "HEADER\tROUTING_TABLE\tVirtual Address",
    "ROUTING_TABLE\t10.8.0.2\t" + WALLET + "\t192.0.2.1:4000\t2026-11-22 00:59:30\t1795309170",
    "GLOBAL_STATS\tMax bcast/mcast queue length\t0",
    "GLOBAL_STATS\tdco_enabled\t0"
  };

  private final ManualTime time = new ManualTime(Instant.ofEpochSecond(1_000));
  private final RecordingConnection openVpn = new RecordingConnection();
  private final RecordingListener toldToTheGate = new RecordingListener();
  private final StubGateControl gate = new StubGateControl();
  private final SharedDaemon daemon = new SharedDaemon("udp", openVpn, toldToTheGate, time);
  private final List<EmbeddedChannel> opened = new ArrayList<>();

  @BeforeEach
  void attach() {
    openVpn.status(STATUS);
    daemon.attached(EPOCH);
  }

  /** Gives back what nobody has read. */
  @AfterEach
  void closeAll() {
    opened.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  @Test
  void greetsAsOpenVpnDoes() {
    assertThat(heard(guest(GuestRole.READ))).isEqualTo(GREETING);
  }

  @Test
  void answersWhatToolsAsk() {
    EmbeddedChannel guest = greeted(GuestRole.READ);

    assertThat(ask(guest, "pid")).isEqualTo("SUCCESS: pid=4711\r\n");
    assertThat(ask(guest, "version"))
        .isEqualTo(
            lines(
                "OpenVPN Version: OpenVPN 2.6.14 x86_64-pc-linux-gnu [AEAD]",
                "Management Version: 5",
                "END"));
    assertThat(ask(guest, "version 5")).isEmpty();
    assertThat(ask(guest, "state")).isEqualTo("1000,CONNECTED,SUCCESS,10.88.0.1,,,,\r\nEND\r\n");
    assertThat(ask(guest, "state all")).isEqualTo(ask(guest, "state 3"));
    assertThat(ask(guest, "echo all")).isEqualTo("END\r\n");
    assertThat(ask(guest, "help")).contains("kill cn").endsWith("END\r\n");
    assertThat(ask(guest, "")).isEmpty();
    assertThat(ask(guest, "# a comment")).isEmpty();
  }

  @Test
  void cutsWhoHasBecomeASessionOfTheGateWhileTheGuestsNameWasLookedUp() {
    CompletableFuture<String> name = new CompletableFuture<>();
    GuestKills kills = new GuestKills(daemon, gate, () -> name, Runnable::run);

    CompletionStage<String> answer = kills.clientKill("7", Optional.empty(), () -> true);
    gate.willShow(session());
    name.complete("uid=0");

    assertThat(answer).isCompleted();
    assertThat(gate.kills()).extracting(StubGateControl.Kill::target).containsExactly(owner());
    assertThat(openVpn.takeCommands()).noneMatch(Command.ClientKill.class::isInstance);
  }

  @Test
  void makesTheOlderFormsOfStatusFromTheOneThatNoNameCanBreak() {
    EmbeddedChannel guest = greeted(GuestRole.READ);

    assertThat(ask(guest, "status 3")).isEqualTo(String.join("\r\n", STATUS) + "\r\nEND\r\n");
    assertThat(ask(guest, "status 2"))
        .isEqualTo(String.join("\r\n", STATUS).replace('\t', ',') + "\r\nEND\r\n");
    String first =
        "OpenVPN CLIENT LIST\r\n"
            + "Updated,2026-11-22 01:00:00\r\n"
            + "Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since\r\n"
            + WALLET
            + ",192.0.2.1:4000,11,22,2026-11-22 00:59:00\r\n"
            + "old,name,192.0.2.2:4001,33,44,2026-11-22 00:59:01\r\n"
            + "ROUTING TABLE\r\n"
            + "Virtual Address,Common Name,Real Address,Last Ref\r\n"
            + "10.8.0.2,"
            + WALLET
            + ",192.0.2.1:4000,2026-11-22 00:59:30\r\n"
            + "GLOBAL STATS\r\n"
            + "Max bcast/mcast queue length,0\r\n"
            + "END\r\n";
    assertThat(ask(guest, "status")).isEqualTo(first);
    assertThat(ask(guest, "status 1")).isEqualTo(first);
    assertThat(ask(guest, "status 4")).isEqualTo("ERROR: bad status format version number\r\n");
    assertThat(openVpn.takeCommands()).containsExactly(new Command.Status());
  }

  @Test
  void givesTheLastRowsOfTheLog() {
    openVpn.log("1,I,one", "2,I,two", "3,I,three");
    EmbeddedChannel guest = greeted(GuestRole.READ);

    assertThat(ask(guest, "log 2")).isEqualTo("2,I,two\r\n3,I,three\r\nEND\r\n");
    assertThat(ask(guest, "log all")).isEqualTo("1,I,one\r\n2,I,two\r\n3,I,three\r\nEND\r\n");
    assertThat(ask(guest, "log on all"))
        .isEqualTo(
            lines(
                "SUCCESS: real-time log notification set to ON",
                "1,I,one",
                "2,I,two",
                "3,I,three",
                "END"));
    assertThat(ask(guest, "log never"))
        .isEqualTo("ERROR: log parameter must be 'on' or 'off' or some number n or 'all'\r\n");
    assertThat(ask(guest, "log"))
        .isEqualTo("ERROR: the 'log' command requires at least 1 parameter\r\n");
  }

  @Test
  void asksOpenVpnOnceWhateverTheNumberOfGuests() {
    List<EmbeddedChannel> guests = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      guests.add(greeted(GuestRole.READ));
    }
    guests.forEach(guest -> assertThat(ask(guest, "status 3")).endsWith("END\r\n"));
    assertThat(openVpn.take())
        .containsExactly(
            new RecordingConnection.Write(CommandPriority.STATUS, List.of(new Command.Status())));

    time.advance(Duration.ofMillis(250));
    guests.forEach(guest -> assertThat(ask(guest, "status 3")).endsWith("END\r\n"));
    assertThat(openVpn.takeCommands()).hasSize(1);
  }

  @Test
  void makesALongTextOnceForAllAndNotWhereRepliesAreRead() {
    var replies = openVpn.holdReplies();
    List<Runnable> elsewhere = new ArrayList<>();
    CompletionStage<String> one =
        daemon.ask(new Command.Status(), ReplyForm.STATUS_1, elsewhere::add);
    CompletionStage<String> other =
        daemon.ask(new Command.Status(), ReplyForm.STATUS_1, elsewhere::add);

    replies.getFirst().complete(List.of(new Reply.Lines(List.of(STATUS))));

    assertThat(one.toCompletableFuture()).isNotDone();
    assertThat(elsewhere).hasSize(1);
    elsewhere.getFirst().run();
    assertThat(one.toCompletableFuture()).isCompletedWithValueMatching(t -> t.contains(WALLET));
    assertThat(other).isSameAs(one);
  }

  @Test
  void neverPutsTheLineOfAGuestBeforeOpenVpn() {
    EmbeddedChannel guest = greeted(GuestRole.KILL);

    ask(guest, "pid \"; signal SIGTERM");
    ask(guest, "status 3 signal SIGTERM");
    ask(guest, "kill nobody signal SIGTERM");

    assertThat(openVpn.takeCommands()).containsOnly(new Command.Status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client-auth 0 1",
        "client-auth-nt 0 1",
        "client-deny 0 1 no",
        "client-pending-auth 0 1 x 60",
        "signal SIGTERM",
        "signal SIGUSR1",
        "hold on",
        "hold off",
        "hold release",
        "verb 11",
        "verb",
        "mute 40",
        "env-filter 3",
        "env-filter",
        "username Auth x",
        "password Auth x",
        "forget-passwords",
        "needok x ok",
        "needstr x y",
        "auth-retry interact",
        "cr-response eA==",
        "pk-sig",
        "rsa-sig",
        "certificate",
        "proxy NONE",
        "remote ACCEPT",
        "remote-entry-count",
        "remote-entry-get all",
        "net",
        "test 1000",
        "push-update-broad x",
        "push-update-cid 0 x",
      })
  void refusesWhatDecidesEndsOrReconfiguresInEverySpelling(String line) {
    EmbeddedChannel guest = greeted(GuestRole.KILL);
    String verb = line.split(" ", 2)[0];
    String refusal =
        "ERROR: The '" + verb + "' command is not supported by the current daemon mode\r\n";

    assertThat(ask(guest, line)).isEqualTo(refusal);
    assertThat(ask(guest, "  " + line)).isEqualTo(refusal);
    assertThat(ask(guest, line.replaceFirst("^[^ ]+", "\"$0\""))).isEqualTo(refusal);
    assertThat(ask(guest, line.replaceFirst("^[^ ]+", "'$0'"))).isEqualTo(refusal);
    assertThat(ask(guest, verb.charAt(0) + "\u0001\t\u001b" + line.substring(1)))
        .isEqualTo(refusal);
    assertThat(ask(guest, verb.charAt(0) + "\u0000\u007f\r" + line.substring(1)))
        .isEqualTo(refusal);
    assertThat(openVpn.take()).isEmpty();
  }

  @Test
  void blockLinesBehindARefusedDecisionAreLinesOfTheirOwnAsInOpenVpn() {
    EmbeddedChannel guest = greeted(GuestRole.KILL);

    assertThat(ask(guest, "client-auth 0 1\npush \"x\"\nEND"))
        .isEqualTo(
            lines(
                "ERROR: The 'client-auth' command is not supported by the current daemon mode",
                "ERROR: unknown command, enter 'help' for more options",
                "ERROR: unknown command, enter 'help' for more options"));
    assertThat(openVpn.take()).isEmpty();
  }

  @Test
  void dropsAGuestWhoseLineIsTooLongBeforeItsTailCouldBeACommand() {
    EmbeddedChannel guest = greeted(GuestRole.KILL);

    send(guest, "x".repeat(1_024) + "kill nobody\npid\n");

    assertThat(guest.isOpen()).isFalse();
    assertThat(openVpn.take()).isEmpty();
  }

  @Test
  void takesTheLongestLineThatOpenVpnTakes() {
    EmbeddedChannel guest = greeted(GuestRole.KILL);

    assertThat(ask(guest, "pid" + " ".repeat(1_020))).startsWith("SUCCESS: pid=");
    assertThat(ask(guest, "kill " + "x".repeat(257)))
        .startsWith("ERROR: Options error: Parameter at TCP:0 is too long (256 chars max)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kill \"open|ERROR: Options error: No closing quotation (\") in TCP:0",
        "kill|ERROR: the 'kill' command requires 1 parameter",
        "client-kill|ERROR: the 'client-kill' command requires at least 1 parameter",
        "client-kill x|ERROR: cannot parse CID",
        "client-kill -1|ERROR: client-kill command failed",
        "client-kill 99999999999999999999|ERROR: client-kill command failed",
        "kill :|ERROR: kill parse",
        "kill a:b|ERROR: error parsing IP address: a",
        "kill 192.0.2.9:0|ERROR: port number is out of range: 0",
        "kill 192.0.2.9:99999|ERROR: port number is out of range: 99999",
        "kill 192.0.2.9:1|ERROR: client at address 192.0.2.9:1 not found",
        "kill 192.0.2.256:1|ERROR: error parsing IP address: 192.0.2.256",
        "kill udp:192.0.2.9:1|ERROR: client at address udp:192.0.2.9:1 not found",
        "kill tcp:192.0.2.9:0|ERROR: port number is out of range: 0",
        "kill udp:192.0.2.9|ERROR: error parsing IP address: udp",
        "kill no%d|ERROR: common name 'no%d' not found",
        "STATUS|ERROR: unknown command, enter 'help' for more options",
      })
  void answersMistakesInOpenVpnsWords(String line, String answer) {
    assertThat(ask(greeted(GuestRole.KILL), line)).isEqualTo(answer + "\r\n");
  }

  /** OpenVPN 2.7 shows the protocol in front of the address, and wants it in the command. */
  @ParameterizedTest
  @CsvSource({
    "192.0.2.1:4000, kill udp:192.0.2.1:4000, true",
    "udp4:192.0.2.1:4000, kill udp:192.0.2.1:4000, true",
    "udp4:192.0.2.1:4000, kill 192.0.2.1:4000, true",
    "tcp4-server:192.0.2.1:4000, kill tcp:192.0.2.1:4000, true",
    "tcp4-server:192.0.2.1:4000, kill udp:192.0.2.1:4000, false",
    "udp4:192.0.2.1:4000, kill udp:192.0.2.1:400, false"
  })
  void findsAnAddressWhetherTheProtocolIsNamedOrNot(String shown, String line, boolean found) {
    openVpn.status(STATUS[3].replace("192.0.2.1:4000", shown));
    gate.willShow(session());

    assertThat(ask(greeted(GuestRole.KILL), line)).startsWith(found ? "SUCCESS: 1 " : "ERROR: ");
    assertThat(gate.kills()).hasSize(found ? 1 : 0);
  }

  @Test
  void killsAStrangerByItsNumberWhereTheProtocolIsNamed() {
    EmbeddedChannel guest = greeted(GuestRole.KILL);

    assertThat(ask(guest, "kill udp:192.0.2.2:4001"))
        .isEqualTo("SUCCESS: 1 client(s) at address udp:192.0.2.2:4001 killed\r\n");
    assertThat(openVpn.takeCommands())
        .containsExactly(
            new Command.Status(), new Command.ClientKill(new ClientId(8), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kill " + WALLET, "kill 192.0.2.1:4000"})
  void leavesTheCutOfASessionToTheGate(String line) {
    gate.willShow(session());

    String answer = ask(greeted(GuestRole.KILL), line);

    assertThat(answer)
        .isIn(
            "SUCCESS: common name '" + WALLET + "' found, 1 client(s) killed\r\n",
            "SUCCESS: 1 client(s) at address 192.0.2.1:4000 killed\r\n");
    assertThat(gate.kills()).containsExactly(new StubGateControl.Kill(owner(), ""));
    assertThat(openVpn.takeCommands()).containsExactly(new Command.Status());
  }

  @ParameterizedTest
  @CsvSource({
    "client-kill 7, ''",
    "client-kill 7 RESTART, ''",
    "'client-kill 7 \"HALT,back at noon\"', back at noon",
    "client-kill 7 bye, bye"
  })
  void leavesAClientKillOfASessionToTheGate(String line, String reason) {
    gate.willShow(session());

    assertThat(ask(greeted(GuestRole.KILL), line))
        .isEqualTo("SUCCESS: client-kill command succeeded\r\n");
    assertThat(gate.kills()).containsExactly(new StubGateControl.Kill(owner(), reason));
    assertThat(openVpn.takeCommands()).isEmpty();
  }

  @Test
  void killsWhomTheGateDoesNotKnowThroughOpenVpn() {
    EmbeddedChannel guest = greeted(GuestRole.KILL);

    assertThat(ask(guest, "kill old,name")).isEqualTo("SUCCESS: done\r\n");
    assertThat(ask(guest, "kill 192.0.2.2:4001")).isEqualTo("SUCCESS: done\r\n");
    assertThat(ask(guest, "client-kill 8 \"HALT,k\u00c3\u00a4se\"")).isEqualTo("SUCCESS: done\r\n");

    assertThat(openVpn.take())
        .extracting(RecordingConnection.Write::commands)
        .containsExactly(
            List.of(new Command.Status()),
            List.of(new Command.KillCommonName("old,name")),
            List.of(new Command.Status()),
            List.of(new Command.KillAddress("192.0.2.2", 4001)),
            List.of(new Command.ClientKill(new ClientId(8), Optional.of("HALT,käse"))));
  }

  @Test
  void readersKillNobody() {
    gate.willShow(session());
    EmbeddedChannel guest = greeted(GuestRole.READ);

    assertThat(ask(guest, "kill " + WALLET))
        .isEqualTo("ERROR: the 'kill' command is not allowed on this socket\r\n");
    assertThat(ask(guest, "client-kill 7"))
        .isEqualTo("ERROR: the 'client-kill' command is not allowed on this socket\r\n");
    assertThat(gate.kills()).isEmpty();
    assertThat(openVpn.take()).isEmpty();
  }

  @Test
  void passesOnWhatTheGuestAskedForAndNothingElse() {
    EmbeddedChannel states = greeted(GuestRole.READ);
    EmbeddedChannel clients = greeted(GuestRole.READ);
    EmbeddedChannel nothing = greeted(GuestRole.READ);
    assertThat(ask(states, "state on"))
        .isEqualTo("SUCCESS: real-time state notification set to ON\r\n");
    assertThat(ask(clients, "client on"))
        .isEqualTo("SUCCESS: real-time client notification set to ON\r\n");

    tell(new Notification.StateChange(5, "RECONNECTING", "SIGUSR1", ",,,,"));
    tell(new Notification.ClientAddress(new ClientId(3), "10.8.0.9", true));

    assertThat(heard(states)).isEqualTo(">STATE:5,RECONNECTING,SIGUSR1,,,,,\r\n");
    assertThat(heard(clients)).isEqualTo(">CLIENT:ADDRESS,3,10.8.0.9,1\r\n");
    assertThat(heard(nothing)).isEmpty();
    assertThat(openVpn.take()).isEmpty();

    ask(states, "state off");
    tell(new Notification.StateChange(6, "CONNECTED", "SUCCESS", ",,,,"));
    assertThat(heard(states)).isEmpty();
  }

  @Test
  void passesOnNoPasswordAndNoAnswerToAChallenge() {
    EmbeddedChannel guest = greeted(GuestRole.READ);
    ask(guest, "client on");
    ClientEnvironment secret = new ClientEnvironment(Map.of("password", "hunter2"), false);

    tell(new Notification.ClientConnect(new ClientId(3), new KeyId(1), secret));
    tell(new Notification.ClientReauth(new ClientId(3), new KeyId(3), secret));
    tell(
        new Notification.ClientChallengeResponse(
            new ClientId(3), new KeyId(3), "hunter2", ClientEnvironment.EMPTY));

    assertThat(heard(guest))
        .isEqualTo(
            lines(
                ">CLIENT:CONNECT,3,1",
                ">CLIENT:ENV,password=***",
                ">CLIENT:ENV,END",
                ">CLIENT:REAUTH,3,3",
                ">CLIENT:ENV,password=***",
                ">CLIENT:ENV,END",
                ">CLIENT:CR_RESPONSE,3,3,***",
                ">CLIENT:ENV,END"));
  }

  @Test
  void wantsTheLogOfOpenVpnWhileAGuestDoes() {
    EmbeddedChannel one = greeted(GuestRole.READ);
    EmbeddedChannel two = greeted(GuestRole.READ);
    ask(one, "log on");
    ask(two, "log on");
    ask(two, "log on");
    assertThat(openVpn.takeCommands()).containsExactly(new Command.LogOn());

    tell(new Notification.LogLine(9, "I", "hello"));
    assertThat(heard(one)).isEqualTo(">LOG:9,I,hello\r\n");

    ask(one, "log off");
    assertThat(openVpn.take()).isEmpty();
    daemon.detached("gone");
    daemon.attached(new Epoch(1));
    assertThat(openVpn.takeCommands()).containsExactly(new Command.LogOn());

    var _ = two.close();
    two.runPendingTasks();
    assertThat(openVpn.takeCommands()).containsExactly(new Command.LogOff());
  }

  @Test
  void countsBytesWithoutTellingOpenVpn() {
    EmbeddedChannel guest = guest(GuestRole.READ);
    guest.freezeTime();
    heard(guest);
    assertThat(ask(guest, "bytecount 2")).isEqualTo("SUCCESS: bytecount interval changed\r\n");

    pass(guest, Duration.ofSeconds(2));
    assertThat(heard(guest)).isEqualTo(">BYTECOUNT_CLI:7,11,22\r\n>BYTECOUNT_CLI:8,33,44\r\n");
    pass(guest, Duration.ofSeconds(2));
    assertThat(heard(guest)).isEmpty();

    openVpn.status(STATUS[3].replace("\t11\t", "\t12\t"));
    pass(guest, Duration.ofSeconds(2));
    assertThat(heard(guest)).isEqualTo(">BYTECOUNT_CLI:7,12,22\r\n");

    ask(guest, "bytecount 0");
    openVpn.takeCommands();
    pass(guest, Duration.ofSeconds(5));
    assertThat(openVpn.takeCommands()).isEmpty();
  }

  @Test
  void tellsAtOnceThatOpenVpnIsAway() {
    daemon.detached("gone");
    EmbeddedChannel guest = greeted(GuestRole.KILL);

    for (String line : List.of("pid", "status 3", "state", "kill " + WALLET, "client-kill 7")) {
      assertThat(ask(guest, line))
          .isEqualTo("ERROR: OpenVPN can't be asked: not attached to OpenVPN\r\n");
    }
    assertThat(openVpn.take()).isEmpty();
    assertThat(gate.kills()).isEmpty();
  }

  @Test
  void tellsWithinASecondThatOpenVpnStandsStillAndForgetsTheLateAnswer() {
    var replies = openVpn.holdReplies();
    EmbeddedChannel guest = guest(GuestRole.READ);
    guest.freezeTime();
    heard(guest);

    assertThat(ask(guest, "pid")).isEmpty();
    pass(guest, Duration.ofMillis(950));
    assertThat(heard(guest)).isEqualTo("ERROR: OpenVPN does not answer\r\n");

    replies.getFirst().complete(List.of(new Reply.Success("pid=1")));
    guest.runPendingTasks();
    assertThat(heard(guest)).isEmpty();
    assertThat(ask(guest, "help")).endsWith("END\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kill " + WALLET, "kill old,name", "kill 192.0.2.1:4000"})
  void killsNobodyOnceTheGuestWasToldThatItFailed(String line) {
    gate.willShow(session());
    var replies = openVpn.holdReplies();
    EmbeddedChannel guest = guest(GuestRole.KILL);
    guest.freezeTime();
    heard(guest);

    assertThat(ask(guest, line)).isEmpty();
    pass(guest, Duration.ofMillis(950));
    assertThat(heard(guest)).isEqualTo("ERROR: OpenVPN does not answer\r\n");

    replies.getFirst().complete(List.of(new Reply.Lines(List.of(STATUS))));
    guest.runPendingTasks();
    assertThat(gate.kills()).isEmpty();
    assertThat(openVpn.takeCommands()).containsExactly(new Command.Status());
  }

  @Test
  void looksForTheVictimWhereItIsNow() {
    EmbeddedChannel guest = greeted(GuestRole.KILL);
    openVpn.status();
    assertThat(ask(guest, "kill " + WALLET)).startsWith("ERROR: common name");
    gate.willShow(session());
    openVpn.status(STATUS);

    assertThat(ask(guest, "kill " + WALLET)).startsWith("SUCCESS: common name");
  }

  @Test
  void waitsForAnOpenVpnThatIsBusyWithClients() {
    var replies = openVpn.holdReplies();
    EmbeddedChannel guest = guest(GuestRole.READ);
    guest.freezeTime();
    heard(guest);

    assertThat(ask(guest, "pid")).isEmpty();
    for (int i = 0; i < 10; i++) {
      pass(guest, Duration.ofMillis(500));
      tell(new Notification.ClientAddress(new ClientId(i), "10.8.0.9", true));
    }
    assertThat(heard(guest)).isEmpty();
    replies.getFirst().complete(List.of(new Reply.Success("pid=1")));

    assertThat(heard(guest)).isEqualTo("SUCCESS: pid=1\r\n");
  }

  @Test
  void aLostConnectionIsAnErrorOfThatOneQuestion() {
    openVpn.fail(c -> Optional.of(new ManagementConnectionException("the connection was lost")));
    EmbeddedChannel guest = greeted(GuestRole.READ);

    assertThat(ask(guest, "pid"))
        .isEqualTo("ERROR: OpenVPN can't be asked: the connection was lost\r\n");
    assertThat(guest.isOpen()).isTrue();
  }

  @Test
  void aSessionOfAnEarlierEpochIsNotKilledInThisOne() {
    var replies = openVpn.holdReplies();
    gate.willShow(session());
    EmbeddedChannel guest = greeted(GuestRole.KILL);

    assertThat(ask(guest, "kill " + WALLET)).isEmpty();
    daemon.epochStarted(new Epoch(1));
    replies.getFirst().complete(List.of(new Reply.Lines(List.of(STATUS))));
    guest.runPendingTasks();

    assertThat(heard(guest)).isEqualTo("ERROR: OpenVPN restarted; nobody was killed\r\n");
    assertThat(gate.kills()).isEmpty();
  }

  @Test
  void answersInOrderWhatWasSaidBeforeTheGuestClosedItsSide() {
    var replies = openVpn.holdReplies();
    EmbeddedChannel guest = greeted(GuestRole.READ);

    send(guest, "pid\nhelp\nversion 5\n");
    guest.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(heard(guest)).isEmpty();
    replies.getFirst().complete(List.of(new Reply.Success("pid=1")));
    guest.runPendingTasks();

    assertThat(heard(guest))
        .startsWith("SUCCESS: pid=1\r\nManagement Interface")
        .endsWith("END\r\n");
    assertThat(guest.isOpen()).isFalse();
  }

  @Test
  void quitEndsTheConnectionAndWhatIsBehindItIsLost() {
    EmbeddedChannel guest = greeted(GuestRole.KILL);

    send(guest, "help\nquit\nkill old\n");

    assertThat(heard(guest)).endsWith("END\r\n");
    assertThat(guest.isOpen()).isFalse();
    assertThat(openVpn.take()).isEmpty();
  }

  @Test
  void tellsTheGateFirst() {
    tell(new Notification.Hold("Waiting for hold release:0"));

    assertThat(toldToTheGate.events()).hasSize(2);
  }

  @Test
  void asksForThePasswordAsOpenVpnDoes() {
    EmbeddedChannel guest =
        opened(
            new GuestLineDecoder(),
            new GuestLogin(() -> "s3cret", Runnable::run),
            new GuestHandler(daemon, gate, GuestRole.READ));
    assertThat(heard(guest)).isEqualTo("ENTER PASSWORD:");

    send(guest, "s3cret\npid\n");

    assertThat(heard(guest))
        .isEqualTo("SUCCESS: password is correct\r\n" + GREETING + "SUCCESS: pid=4711\r\n");
  }

  @Test
  void letsNobodyInWhileThePasswordCantBeRead() {
    EmbeddedChannel guest =
        opened(
            new GuestLineDecoder(),
            new GuestLogin(
                () -> {
                  throw new UncheckedIOException(new IOException("no such file"));
                },
                Runnable::run),
            new GuestHandler(daemon, gate, GuestRole.READ));

    assertThat(guest.isOpen()).isFalse();
    assertThat(heard(guest)).isEmpty();
  }

  @Test
  void threeWrongPasswordsEndTheConnectionAndEachCostsASecond() {
    EmbeddedChannel guest =
        opened(
            new GuestLineDecoder(),
            new GuestLogin(() -> "s3cret", Runnable::run),
            new GuestHandler(daemon, gate, GuestRole.READ));
    guest.freezeTime();
    heard(guest);
    for (int i = 0; i < 3; i++) {
      assertThat(guest.isOpen()).isTrue();
      send(guest, "wrong\ns3cret\n");
      assertThat(heard(guest)).isEmpty();
      guest.advanceTimeBy(1, TimeUnit.SECONDS);
      guest.runScheduledPendingTasks();
      assertThat(heard(guest)).isEqualTo(i < 2 ? "ENTER PASSWORD:" : "");
    }
    assertThat(guest.isOpen()).isFalse();
  }

  @Test
  void aBrowserIsShutOutAtItsFirstLine() {
    EmbeddedChannel guest =
        opened(
            new GuestLineDecoder(),
            new GuestLogin(() -> "s3cret", Runnable::run),
            new GuestHandler(daemon, gate, GuestRole.READ));

    send(guest, "POST / HTTP/1.1\r\nHost: localhost\r\n\r\ns3cret\nkill old\n");

    assertThat(guest.isOpen()).isFalse();
    assertThat(openVpn.take()).isEmpty();
  }

  private static SessionView session() {
    return new SessionView(
        "udp",
        new ClientId(7),
        WALLET,
        "192.0.2.1:4000",
        "10.8.0.2",
        "",
        Instant.ofEpochSecond(1_000),
        Optional.of(Instant.ofEpochSecond(4_600)),
        Optional.empty(),
        11,
        22,
        SessionView.Kind.DEVICE,
        Optional.empty(),
        SessionView.State.ESTABLISHED);
  }

  private static KillTarget owner() {
    return new KillTarget.ByOwner(WalletAddress.parse(WALLET), "udp", new ClientId(7));
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  private void tell(Notification notification) {
    daemon.notified(EPOCH, notification);
  }

  private EmbeddedChannel guest(GuestRole role) {
    return opened(new GuestLineDecoder(), new GuestHandler(daemon, gate, role));
  }

  private EmbeddedChannel opened(ChannelHandler... handlers) {
    EmbeddedChannel guest = new EmbeddedChannel(handlers);
    opened.add(guest);
    return guest;
  }

  private EmbeddedChannel greeted(GuestRole role) {
    EmbeddedChannel guest = guest(role);
    heard(guest);
    return guest;
  }

  private void pass(EmbeddedChannel guest, Duration duration) {
    time.advance(duration);
    guest.advanceTimeBy(duration.toMillis(), TimeUnit.MILLISECONDS);
    guest.runScheduledPendingTasks();
    guest.runPendingTasks();
  }

  private static String ask(EmbeddedChannel guest, String line) {
    send(guest, line + "\n");
    return heard(guest);
  }

  private static void send(EmbeddedChannel guest, String text) {
    guest.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private static String heard(EmbeddedChannel guest) {
    guest.runPendingTasks();
    StringBuilder text = new StringBuilder();
    for (ByteBuf part = guest.readOutbound(); part != null; part = guest.readOutbound()) {
      text.append(part.toString(StandardCharsets.ISO_8859_1));
      part.release();
    }
    return text.toString();
  }
}

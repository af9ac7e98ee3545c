package org.hourgate.conformance;

import static org.hourgate.conformance.Requirement.MUST;
import static org.hourgate.conformance.Requirement.SHOULD;
import static org.hourgate.conformance.Scenario.Needs.ACCEPTED_LOGIN;
import static org.hourgate.conformance.Scenario.Needs.BOTH_LOGINS;
import static org.hourgate.conformance.Scenario.Needs.NOTHING;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.management.KeyId;
import org.hourgate.management.fake.FakeVpnClient;

/** Who is answered, how often, and how many at once. */
final class AnswerScenarios {

  private static final int CROWD = 400;
  private static final int LARGE_CROWD = 10_000;
  private static final int MANY_EVENTS = 100_000;
  private static final int EVENTS_AT_A_TIME = 1_000;

  /** In virtual time, which is not advanced: until the delay is taken back. */
  private static final Duration LATE = Duration.ofSeconds(1);

  private AnswerScenarios() {}

  static List<Scenario> all() {
    return List.of(
        new Scenario(
            "one-answer",
            MUST,
            NOTHING,
            "Each CONNECT is answered, and once.",
            "ssl_verify.c tls_authenticate_key takes the first answer; a second one meets whatever"
                + " has that CID and KID by then",
            AnswerScenarios::oneAnswer),
        new Scenario(
            "accept-and-refuse",
            MUST,
            BOTH_LOGINS,
            "Who may come in comes in, who may not does not.",
            "manage.c man_client_auth, man_client_deny",
            AnswerScenarios::acceptAndRefuse),
        new Scenario(
            "renegotiation",
            MUST,
            ACCEPTED_LOGIN,
            "Each REAUTH of a session is answered, and accepted while the login is good.",
            "ssl.c: an unanswered one ends the session after min(hand-window, reneg-sec/2); KIDs run"
                + " 1, 3, 4, 5",
            AnswerScenarios::renegotiation),
        new Scenario(
            "reconnect",
            MUST,
            ACCEPTED_LOGIN,
            "A client that lost its connection comes in again while its old session is still there.",
            "multi.c multi_connection_established: without duplicate-cn the older instance of the"
                + " name is closed when the newer is up",
            AnswerScenarios::reconnect),
        new Scenario(
            "crowd",
            MUST,
            NOTHING,
            "400 CONNECTs in the stream before any reply: all are answered.",
            "after a pause of the daemon or a mass reconnect; replies stand behind events"
                + " (manage.c man_write), and no command is read before them: who waits for a"
                + " reply, or for room to write, before reading on stalls",
            stage -> crowd(stage, CROWD)),
        new Scenario(
            "large-crowd",
            MUST,
            NOTHING,
            "10,000 CONNECTs in the stream before any reply: all are answered.",
            "as crowd; there must be no queue whose end is a stall",
            stage -> crowd(stage, LARGE_CROWD)),
        new Scenario(
            "events-before-a-reply",
            MUST,
            NOTHING,
            "100,000 notifications between a command and its reply do not stall it.",
            "an unauthenticated client can make 2.6.14 print 0.9 MB/s of >CLIENT:CR_RESPONSE (push.c"
                + " receive_cr_response)",
            AnswerScenarios::eventsBeforeReply),
        new Scenario(
            "pipelining",
            SHOULD,
            NOTHING,
            "Verdicts do not wait for the reply to the one before.",
            "manage.c man_read takes as many commands as are there; 120,000 to 240,000 commands/s"
                + " pipelined, 11,000 one by one",
            AnswerScenarios::pipelining),
        new Scenario(
            "late-replies",
            MUST,
            NOTHING,
            "Replies that come two seconds late are waited for.",
            "a daemon in a storm of handshakes: its one thread does everything",
            AnswerScenarios::lateReplies),
        new Scenario(
            "vanished-client",
            MUST,
            NOTHING,
            "ERROR for a client that is gone is no reason to stop.",
            "manage.c man_client_auth: client-auth command failed, for every unknown CID or KID",
            AnswerScenarios::vanishedClient));
  }

  private static String oneAnswer(Stage stage) {
    List<FakeVpnClient> clients = stage.connectAtOnce(20);
    stage.awaitAnswers(clients);
    stage.stillAnswers("after twenty clients");
    stage.settle();
    for (FakeVpnClient client : clients) {
      List<Said> accepts = stage.answers(client).stream().filter(Said::isAccept).toList();
      long denies = stage.answers(client).stream().filter(one -> !one.isAccept()).count();
      stage.check(
          accepts.size() + Math.min(1, denies) == 1 && denies <= 1,
          "client %s was answered %d times".formatted(client.id(), stage.answers(client).size()));
    }
    return "";
  }

  private static String acceptAndRefuse(Stage stage) {
    var _ = stage.live();
    FakeVpnClient bad = stage.connect(stage.bad());
    stage.await("the bad login was not refused", () -> bad.state() == FakeVpnClient.State.DENIED);
    return "";
  }

  private static String renegotiation(Stage stage) {
    FakeVpnClient client = stage.live();
    for (int i = 0; i < 4; i++) {
      KeyId key = client.renegotiate();
      stage.await(
          "the REAUTH with key " + key + " was not answered",
          () -> client.verdict(key).isPresent());
      stage.check(
          client.verdict(key).orElseThrow(),
          "the REAUTH with key " + key + " of a live session was refused");
    }
    stage.check(client.passesTraffic(), "the session was ended by its renegotiation");
    return client.token().isPresent() ? "with a pushed token" : "with its password";
  }

  private static String reconnect(Stage stage) {
    FakeVpnClient old = stage.live();
    FakeVpnClient again = old.reconnect();
    stage.await("the client was not let in again", again::passesTraffic);
    stage.openVpn().advance(Duration.ofSeconds(6));
    stage.settle();
    stage.check(again.passesTraffic(), "the new session was ended together with the old one");
    return old.token().isPresent() ? "with a pushed token" : "with its password";
  }

  private static String crowd(Stage stage, int size) {
    List<FakeVpnClient> clients = stage.connectAtOnce(size);
    long millis =
        stage.millisUntil(
            "",
            () -> {
              stage.awaitAnswers(clients);
              return true;
            });
    return "%d answered in %d ms".formatted(size, millis);
  }

  private static String eventsBeforeReply(Stage stage) {
    String[] events = new String[EVENTS_AT_A_TIME];
    for (int i = 0; i < events.length; i++) {
      events[i] = ">BYTECOUNT_CLI:%d,1015,1902".formatted(i);
    }
    List<FakeVpnClient> clients = new ArrayList<>();
    stage
        .openVpn()
        .inOneStep(
            () -> {
              clients.add(stage.connect(stage.stranger()));
              for (int i = 0; i < MANY_EVENTS / EVENTS_AT_A_TIME; i++) {
                stage.openVpn().notify(events);
              }
            });
    stage.awaitAnswers(clients);
    stage.stillAnswers("after " + MANY_EVENTS + " events before a reply");
    return "";
  }

  private static String pipelining(Stage stage) {
    stage.openVpn().delayReplies(LATE);
    try {
      stage.awaitAnswers(stage.connectAtOnce(20));
    } finally {
      stage.openVpn().delayReplies(Duration.ZERO);
    }
    stage.stillAnswers("after replies that came late");
    return "20 verdicts without a reply";
  }

  private static String lateReplies(Stage stage) {
    stage.openVpn().delayReplies(LATE);
    List<FakeVpnClient> clients = stage.connectAtOnce(3);
    for (int i = 0; i < 7; i++) {
      stage.settle();
    }
    stage.openVpn().delayReplies(Duration.ZERO);
    stage.awaitAnswers(clients);
    stage.stillAnswers("after replies that came two seconds late");
    return "";
  }

  private static String vanishedClient(Stage stage) {
    stage
        .openVpn()
        .inOneStep(
            () -> {
              for (int i = 0; i < 10; i++) {
                stage.connect(stage.stranger()).vanish();
              }
            });
    stage.stillAnswers("after ten clients that vanished unanswered");
    stage.settle(); // The replies, ERROR all of them, stand behind the blocks.
    stage.stillAnswers("after ERROR for ten clients that vanished");
    return "";
  }
}

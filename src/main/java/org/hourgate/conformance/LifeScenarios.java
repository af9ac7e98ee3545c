package org.hourgate.conformance;

import static org.hourgate.conformance.Requirement.MUST;
import static org.hourgate.conformance.Requirement.SHOULD;
import static org.hourgate.conformance.Scenario.Needs.ACCEPTED_LOGIN;
import static org.hourgate.conformance.Scenario.Needs.BOTH_LOGINS;
import static org.hourgate.conformance.Scenario.Needs.MANAGEMENT_PASSWORD;
import static org.hourgate.conformance.Scenario.Needs.NOTHING;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.hourgate.management.KeyId;
import org.hourgate.management.fake.FakeVpnClient;

/** Attaching, losing the connection, restarts of the daemon: what is kept and what must not be. */
final class LifeScenarios {

  private static final int SEVERAL = 20;
  private static final int OLD_CLIENT = 1_000;
  private static final int SHARED_ID = 7;
  private static final long SOON_MILLIS = 1_500;

  private LifeScenarios() {}

  static List<Scenario> all() {
    return List.of(
        new Scenario(
            "reattach",
            MUST,
            NOTHING,
            "A lost connection is made again, and serves.",
            "manage.c man_reset_client_socket: OpenVPN listens again at once; until somebody is"
                + " there nobody is let in",
            LifeScenarios::reattach),
        new Scenario(
            "reattach-soon",
            SHOULD,
            NOTHING,
            "A lost connection is made again within a second.",
            "clients repeat their request after 1 s, then every 5 s (push.c); half a second is"
                + " allowed for slow machines",
            LifeScenarios::reattachSoon),
        new Scenario(
            "daemon-restart",
            MUST,
            NOTHING,
            "A daemon that was away is found again, and its clients are answered from CID 0 on.",
            "multi.c: the counter of CIDs begins at 0 in each process",
            LifeScenarios::daemonRestart),
        new Scenario(
            "hold",
            MUST,
            NOTHING,
            "A daemon with management-hold is released.",
            "init.c do_hold: no port is open before hold release",
            LifeScenarios::hold),
        new Scenario(
            "learn-before-release",
            SHOULD,
            NOTHING,
            "It sets env-filter and asks for what it wants to know before it releases the hold.",
            "manage.c: commands are carried out in order; after the release CONNECTs come at once",
            LifeScenarios::learnBeforeRelease),
        new Scenario(
            "password-prompt",
            MUST,
            MANAGEMENT_PASSWORD,
            "The prompt for the password is answered, though its line has no end.",
            "manage.c man_check_password: ENTER PASSWORD: without line end, the next line follows"
                + " directly behind it; a socket may hand it over in two parts",
            LifeScenarios::passwordPrompt),
        new Scenario(
            "soft-restart",
            MUST,
            NOTHING,
            "After SIGUSR1 on the same connection CIDs begin at 0 again, and are answered.",
            "multi.c multi_top_init, init.c: pid, socket and often daemon_start_time stay",
            LifeScenarios::softRestart),
        new Scenario(
            "no-answer-to-an-old-epoch",
            MUST,
            NOTHING,
            "What was asked before a soft restart is not answered after it.",
            "manage.c man_client_auth knows only CID and KID: a late answer meets a stranger",
            LifeScenarios::noAnswerToOldEpoch),
        new Scenario(
            "stranger-with-the-same-id",
            MUST,
            BOTH_LOGINS,
            "The answer to a client lets nobody in who got its CID by a soft restart.",
            "seen with 2.6.14: client-auth-nt 0 1, meant for the one before, let in a wrong"
                + " password; hold on keeps OpenVPN from admitting before the old answers are gone",
            LifeScenarios::strangerWithSameId),
        new Scenario(
            "lost-reply",
            MUST,
            NOTHING,
            "A reply that never comes stops it for a while at most.",
            "replies carry no number; to attach again is the way back in step",
            LifeScenarios::lostReply),
        new Scenario(
            "standing-daemon",
            MUST,
            NOTHING,
            "A daemon that stands still for two seconds is waited for, or attached again.",
            "OpenVPN has one thread: scripts, DNS and storms hold it up",
            LifeScenarios::standingDaemon),
        new Scenario(
            "sessions-stay",
            MUST,
            ACCEPTED_LOGIN,
            "To lose the connection and attach again disturbs no session.",
            "multi.c: sessions live without a controller; status 3 shows them",
            LifeScenarios::sessionsStay),
        new Scenario(
            "renegotiation-without-controller",
            SHOULD,
            ACCEPTED_LOGIN,
            "A session that renegotiated while nobody was attached is answered after attaching.",
            "nothing is repeated on attach; log all shows the key as deferred, and client-auth-nt is"
                + " taken unasked",
            LifeScenarios::renegotiationWithoutController),
        new Scenario(
            "pending-without-controller",
            SHOULD,
            NOTHING,
            "A client that asked while nobody was attached is not left waiting.",
            "its CONNECT is not repeated; status 3 shows it without virtual address, and client-kill"
                + " or client-deny with TEMP brings it back in a second",
            LifeScenarios::pendingWithoutController),
        new Scenario(
            "unseen-login",
            MUST,
            NOTHING,
            "A client that asked while nobody was attached is not let in unasked.",
            "its CONNECT is not repeated, so nobody has seen the login; client-auth-nt for its row of"
                + " status 3 is taken (manage.c man_client_auth) and lets anybody in",
            LifeScenarios::unseenLogin));
  }

  private static void loseConnection(Stage stage) {
    int before = stage.openVpn().attachments();
    stage.openVpn().drop();
    stage.await("it did not attach again", () -> stage.openVpn().attachments() > before);
  }

  private static String reattach(Stage stage) {
    for (int i = 0; i < 3; i++) {
      loseConnection(stage);
      stage.awaitServing();
      stage.stillAnswers("after a lost connection");
    }
    return "";
  }

  private static String reattachSoon(Stage stage) {
    long millis =
        stage.millisUntil(
            "",
            () -> {
              loseConnection(stage);
              return true;
            });
    stage.check(millis <= SOON_MILLIS, "it took " + millis + " ms to attach again");
    return millis + " ms";
  }

  private static String daemonRestart(Stage stage) {
    stage.awaitAnswers(stage.connectAtOnce(3));
    stage.openVpn().stop();
    stage.settle();
    stage.openVpn().restart();
    stage.awaitServing();
    FakeVpnClient first = stage.connect(stage.stranger());
    stage.await(
        "client 0 of the new process was not answered",
        () -> first.verdict(first.key()).isPresent());
    return "";
  }

  /** A new process that waits for its release from the start on. */
  private static void restartHeld(Stage stage) {
    stage.openVpn().refuseControllers(true);
    stage.openVpn().restart();
    stage.openVpn().leaveHoldFlag(true);
    stage.openVpn().softRestart();
    stage.openVpn().refuseControllers(false);
  }

  private static String hold(Stage stage) {
    restartHeld(stage);
    stage.awaitServing();
    stage.stillAnswers("after a daemon that was held when it attached");
    stage.openVpn().softRestart();
    stage.await("it did not release the second hold", () -> !stage.openVpn().isHeld());
    stage.stillAnswers("after a hold while it was attached");
    return "";
  }

  private static String learnBeforeRelease(Stage stage) {
    int before = stage.mark();
    restartHeld(stage);
    stage.awaitServing();
    List<Said> everything = stage.saidAfter(before, _ -> true);
    int filter = first(everything, "env-filter");
    int release = first(everything, "hold release");
    stage.check(filter >= 0, "it never sets env-filter: a former controller's level stays");
    stage.check(
        release < 0 || filter < release, "it releases the hold before it has set env-filter");
    stage.check(
        first(everything, "status") >= 0 || first(everything, "load-stats") >= 0,
        "it never asks who is there");
    return "";
  }

  private static int first(List<Said> everything, String beginning) {
    return IntStream.range(0, everything.size())
        .filter(i -> everything.get(i).text().startsWith(beginning))
        .findFirst()
        .orElse(-1);
  }

  private static String softRestart(Stage stage) {
    for (int i = 0; i < 3; i++) {
      stage.awaitAnswers(stage.connectAtOnce(2));
      stage.openVpn().softRestart();
      stage.await("it did not release the hold", () -> !stage.openVpn().isHeld());
      FakeVpnClient first = stage.connect(stage.stranger());
      stage.check(first.id().value() == 0, "the stand-in counts wrong");
      stage.await(
          "client 0 was not answered after a soft restart",
          () -> first.verdict(first.key()).isPresent());
    }
    return "";
  }

  private static String noAnswerToOldEpoch(Stage stage) {
    AtomicInteger restarted = new AtomicInteger();
    AtomicBoolean wasHeld = new AtomicBoolean();
    stage.openVpn().countClientsFrom(OLD_CLIENT);
    stage
        .openVpn()
        .inOneStep(
            () -> {
              for (int i = 0; i < SEVERAL; i++) {
                stage.connect(stage.stranger());
              }
              stage.openVpn().softRestart();
              restarted.set(stage.mark());
              wasHeld.set(stage.openVpn().isHeld()); // A quick controller releases it at once.
            });
    boolean held = wasHeld.get();
    stage.await("it did not release the hold", () -> !stage.openVpn().isHeld());
    stage.awaitAnswer(stage.connect(stage.stranger()));
    for (int i = 0; i < 4; i++) {
      stage.settle();
    }
    // While OpenVPN is held nobody can be met by an old answer.
    List<Said> since = stage.saidAfter(restarted.get(), _ -> true);
    int released = held ? first(since, "hold release") : 0;
    List<Said> late =
        since.stream().skip(released).filter(one -> one.isVerdict() && !one.isAbout(0)).toList();
    stage.check(
        late.isEmpty(),
        () ->
            "%s, and it answered a client from before the restart: %s"
                .formatted(
                    held ? "OpenVPN was released" : "it had not set hold on",
                    late.getFirst().text()));
    return "";
  }

  private static String strangerWithSameId(Stage stage) {
    FakeVpnClient[] stranger = new FakeVpnClient[1];
    stage
        .openVpn()
        .inOneStep(
            () -> {
              stage.openVpn().countClientsFrom(SHARED_ID);
              stage.connect(stage.good());
              stage.openVpn().softRestart();
              stage.openVpn().countClientsFrom(SHARED_ID);
              if (!stage.openVpn().isHeld()) {
                stranger[0] = stage.connect(stage.bad());
              }
            });
    boolean held = stranger[0] == null;
    stage.await("it did not release the hold", () -> !stage.openVpn().isHeld());
    FakeVpnClient second = held ? stage.connect(stage.bad()) : stranger[0];
    stage.await("the stranger was not answered", () -> second.verdict(second.key()).isPresent());
    stage.settle();
    stage.check(
        !second.verdict(second.key()).orElse(false),
        "a stranger with a bad login is in, by the answer to the client before");
    return held ? "by hold on" : "without hold on";
  }

  private static String lostReply(Stage stage) {
    stage.openVpn().loseReplies(1);
    List<FakeVpnClient> clients = stage.connectAtOnce(3);
    stage.await(
        "none of three clients was answered",
        () -> clients.stream().anyMatch(client -> !stage.answers(client).isEmpty()));
    stage.openVpn().loseReplies(0);
    stage.answersAgain("after a lost reply");
    return "";
  }

  private static String standingDaemon(Stage stage) {
    int before = stage.openVpn().attachments();
    stage.openVpn().stall();
    List<FakeVpnClient> clients = stage.connectAtOnce(SEVERAL);
    for (int i = 0; i < 7; i++) {
      stage.settle();
    }
    stage.openVpn().resume();
    stage.await(
        "it neither answered who had come meanwhile nor attached again",
        () -> stage.openVpn().attachments() > before || stage.allAnswered(clients));
    stage.answersAgain("after two seconds of standing still");
    return "";
  }

  private static String sessionsStay(Stage stage) {
    FakeVpnClient client = stage.live();
    loseConnection(stage);
    stage.awaitServing();
    stage.stillAnswers("after a lost connection");
    stage.settle();
    stage.openVpn().advance(Duration.ofSeconds(6));
    stage.check(client.passesTraffic(), "a session was ended by the loss of the connection");
    return "";
  }

  private static String renegotiationWithoutController(Stage stage) {
    FakeVpnClient client = stage.live();
    stage.openVpn().refuseControllers(true);
    stage.openVpn().drop();
    stage.await("it did not leave", () -> !stage.openVpn().isAttached());
    KeyId key = client.renegotiate();
    stage.openVpn().refuseControllers(false);
    stage.awaitServing();
    stage.await(
        "the key " + key + ", renegotiated meanwhile, was not answered",
        () -> client.verdict(key).isPresent());
    stage.check(client.passesTraffic(), "the session was ended");
    return "";
  }

  /** The prompt comes in two parts, cut here and there. */
  private static String passwordPrompt(Stage stage) {
    for (int cut : List.of(1, "ENTER".length(), "ENTER PASSWORD".length())) {
      int before = stage.openVpn().attachments();
      stage
          .openVpn()
          .inOneStep(
              () -> {
                stage.openVpn().drop();
                stage.openVpn().stallAfter(cut);
              });
      stage.await("it did not come back", stage.openVpn()::isStalled);
      stage.settle();
      stage.openVpn().resume();
      stage.await(
          "after a prompt in two parts it did not show the password",
          () -> stage.openVpn().attachments() > before);
      stage.awaitServing();
      stage.stillAnswers("after the password");
    }
    return "";
  }

  /** Somebody whose CONNECT no controller has seen, and a controller that is back. */
  private static FakeVpnClient unseen(Stage stage) {
    stage.openVpn().refuseControllers(true);
    stage.openVpn().drop();
    stage.await("it did not leave", () -> !stage.openVpn().isAttached());
    FakeVpnClient client = stage.connect(stage.stranger());
    stage.openVpn().refuseControllers(false);
    stage.awaitServing();
    return client;
  }

  private static String unseenLogin(Stage stage) {
    FakeVpnClient client = unseen(stage);
    stage.stillAnswers("after attaching again");
    for (int i = 0; i < 4; i++) {
      stage.settle();
    }
    stage.check(
        client.virtualAddress().isEmpty(), "it let a client in whose login it has never seen");
    return "";
  }

  private static String pendingWithoutController(Stage stage) {
    FakeVpnClient client = unseen(stage);
    stage.await(
        "a client that asked meanwhile was told nothing",
        () -> client.killMessage().isPresent() || client.denyText().isPresent());
    return client.killMessage().or(client::denyText).orElse("");
  }
}

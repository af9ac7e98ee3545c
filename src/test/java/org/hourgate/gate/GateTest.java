package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.gate.GateWorld.ALICE;
import static org.hourgate.gate.GateWorld.BOB;
import static org.hourgate.gate.GateWorld.START;
import static org.hourgate.gate.GateWorld.denyReason;
import static org.hourgate.gate.GateWorld.denyText;
import static org.hourgate.gate.GateWorld.environment;
import static org.hourgate.gate.GateWorld.name;
import static org.hourgate.gate.GateWorld.pushedToken;
import static org.hourgate.gate.GateWorld.row;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.CommandTimeoutException;
import org.hourgate.management.KeyId;
import org.hourgate.management.ManagementException;
import org.hourgate.management.Notification;
import org.hourgate.management.Reply;
import org.hourgate.testing.RecordingConnection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate's policies, with time, chain and OpenVPN in the test's hands. */
final class GateTest {

  private static final Instant IN_AN_HOUR = START.plus(Duration.ofHours(1));

  @TempDir Path folder;
  private GateWorld world;

  @BeforeEach
  void paidWallet() {
    world = new GateWorld(folder);
    world.ledger.paid(ALICE.address(), IN_AN_HOUR);
  }

  private static void isAdmission(List<Command> sent, long kid) {
    assertThat(((Command.ClientAuth) sent.getFirst()).key()).isEqualTo(new KeyId(kid));
    assertThat(sent.subList(1, sent.size()))
        .singleElement()
        .isInstanceOf(Command.ClientPendingAuth.class);
  }

  private void isTraffic(long in, long out) {
    assertThat(world.sessions())
        .singleElement()
        .satisfies(
            s -> {
              assertThat(s.bytesIn()).isEqualTo(in);
              assertThat(s.bytesOut()).isEqualTo(out);
            });
  }

  @Nested
  final class Attaching {

    @Test
    void asksEverythingAtOnceAndReleasesTheHoldLast() {
      List<Command> sent = world.attach();

      assertThat(sent.getFirst()).isEqualTo(new Command.EnvFilter(0));
      assertThat(sent.getLast()).isEqualTo(new Command.HoldRelease());
      assertThat(sent)
          .contains(
              new Command.HoldOn(),
              new Command.Status(),
              new Command.LogAll(),
              new Command.ByteCount(5));
      assertThat(world.gate.instances().getFirst().serving()).isTrue();
    }

    @Test
    void leavesAnUnsafeDaemonOnHoldAndDeniesForNow() {
      world.daemonProblems = List.of("auth-gen-token without external-auth");

      List<Command> sent = world.attach();

      assertThat(sent).doesNotContain(new Command.HoldRelease());
      assertThat(world.gate.instances().getFirst().reasons())
          .containsExactly("auth-gen-token without external-auth");
      assertThat(denyReason(world.connect(0, name(ALICE), world.login(ALICE))))
          .isEqualTo("starting");
    }

    @Test
    void endsSessionsInTimeAlsoAtAnUnsafeDaemon() {
      world.daemonProblems = List.of("auth-user-pass-optional");
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.attach();

      assertThat(world.after(Duration.ofHours(1))).anyMatch(Command.ClientKill.class::isInstance);
    }

    @Test
    void deniesABlockThatBeganBeforeTheEnvFilterWasConfirmed() {
      confirmNoEnvFilter();
      world.attach();

      List<Command> sent = world.connect(0, name(ALICE), world.login(ALICE));

      assertThat(denyReason(sent)).isEqualTo("starting");
      assertThat(denyText(sent)).startsWith("TEMP[backoff ");
    }

    @Test
    void answersARenegotiationThatCameBeforeTheEnvFilterWasConfirmed() {
      confirmNoEnvFilter();
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.attach();

      assertThat(world.reauth(3, 4, name(ALICE), "?")).containsExactly(nt(3, 4));
    }

    @Test
    void answersItOnlyWhenTheChainHasSaidThatTimeIsPaid() {
      confirmNoEnvFilter();
      world.ledger.available(false);
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.attach();

      List<Command> meanwhile = world.reauth(3, 4, name(ALICE), "?");
      world.ledger.available(true);

      assertThat(meanwhile).isEmpty();
      assertThat(world.after(Duration.ofSeconds(10)))
          .filteredOn(Command.ClientAuthNt.class::isInstance)
          .containsExactly(nt(3, 4));
    }

    @Test
    void answersItAsSoonAsTheChainTellsOfTheWallet() {
      world.ledger.available(false);
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.daemon.log("1795292407,D,MANAGEMENT: CMD 'client-auth 3 1'", unansweredReauth());
      world.attach();

      world.gate.entitlementChanged(
          ALICE.address(), new Entitlement(IN_AN_HOUR, Instant.EPOCH), false);

      assertThat(world.after(Duration.ZERO))
          .containsExactly(nt(3, 2), nt(3, 3), nt(3, 4), nt(3, 5));
      world.ledger.available(true);
      assertThat(world.after(Duration.ofSeconds(10))).isEmpty();
    }

    @Test
    void answersItOnceWhenTheConnectionIsLostBeforeTheChainTellsOfTheWallet() {
      world.ledger.available(false);
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.daemon.log("1795292407,D,MANAGEMENT: CMD 'client-auth 3 1'", unansweredReauth());
      world.attach();
      world.detach();

      List<Command> sent = world.attach();
      world.gate.entitlementChanged(
          ALICE.address(), new Entitlement(IN_AN_HOUR, Instant.EPOCH), false);
      List<Command> told = world.after(Duration.ZERO);

      assertThat(sent).noneMatch(Command.ClientAuthNt.class::isInstance);
      assertThat(told).containsExactly(nt(3, 2), nt(3, 3), nt(3, 4), nt(3, 5));
    }

    @Test
    void endsWhomItAsksForBeforeTheEnvFilterWasConfirmedWhenNothingIsPaid() {
      confirmNoEnvFilter();
      world.daemon.status(row(3, BOB, "10.88.0.2", START.minusSeconds(100)));
      world.attach();

      List<Command> sent = world.reauth(3, 4, name(BOB), "?");

      assertThat(sent).noneMatch(Command.ClientAuthNt.class::isInstance);
    }

    private void confirmNoEnvFilter() {
      world.daemon.answer(
          c ->
              c instanceof Command.EnvFilter
                  ? Optional.of(new Reply.Failure("no"))
                  : Optional.empty());
    }

    @Test
    void triesAgainWhenItFailedAndCutsNobodyMeanwhile() {
      world.attach();
      String pass = world.devicePass(ALICE);
      world.connect(0, name(ALICE), pass);
      world.established(0, name(ALICE));
      world.detach();
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));
      world.daemon.fail(
          c ->
              c instanceof Command.Status
                  ? Optional.of(new CommandTimeoutException(Duration.ofSeconds(10)))
                  : Optional.empty());
      assertThat(world.attach()).doesNotContain(new Command.HoldRelease());
      assertThat(world.reauth(0, 3, name(ALICE), pass)).isEmpty();
      world.daemon.fail(_ -> Optional.empty());
      world.daemon.log(unansweredReauth());

      assertThat(world.after(Duration.ofSeconds(1)))
          .contains(nt(0, 3), new Command.HoldRelease())
          .noneMatch(Command.ClientKill.class::isInstance);
      assertThat(world.gate.instances().getFirst().serving()).isTrue();
      assertThat(world.sessions())
          .singleElement()
          .matches(s -> s.kind() == SessionView.Kind.DEVICE);
    }

    @Test
    void letsPeopleInAlsoWhereOpenVpnStoodStillWhenItsFilterWasSet() {
      List<CompletableFuture<List<Reply>>> replies = world.daemon.holdReplies();
      world.attach();
      world.daemon.replyAtOnce();
      replies.forEach(
          r -> r.completeExceptionally(new CommandTimeoutException(Duration.ofSeconds(10))));
      world.after(Duration.ofSeconds(1));

      assertThat(world.gate.instances().getFirst().serving()).isTrue();
      assertThat(world.connect(0, name(ALICE), world.login(ALICE)))
          .first()
          .isInstanceOf(Command.ClientAuth.class);
    }

    @Test
    void tellsOpenVpnAgainToReleaseItsHoldWhereItStoodStill() {
      world.daemon.fail(
          c ->
              c instanceof Command.HoldRelease
                  ? Optional.of(new CommandTimeoutException(Duration.ofSeconds(10)))
                  : Optional.empty());
      assertThat(world.attach()).endsWith(new Command.HoldRelease());
      world.daemon.fail(_ -> Optional.empty());

      assertThat(world.after(Duration.ofSeconds(1))).containsExactly(new Command.HoldRelease());
      assertThat(world.after(Duration.ofSeconds(20))).isEmpty();
    }

    @Test
    void asksAgainAboutALearnedSessionWhenAnAnswerBroke() {
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));
      world.ledger.fail(new IllegalStateException("this is part of the test"));
      world.attach();
      assertThat(world.sessions().getFirst().until()).isEmpty();

      world.ledger.release();
      world.after(Duration.ofSeconds(2));

      assertThat(world.sessions().getFirst().until()).contains(IN_AN_HOUR);
      assertThat(world.sessions().getFirst().asOf()).contains(Instant.EPOCH);
    }

    @Test
    void learnsLiveSessionsAndTellsWaitingOnesToComeBack() {
      world.daemon.status(
          row(3, ALICE, "10.88.0.2", START.minusSeconds(100)),
          row(4, BOB, "", START.minusSeconds(5)));

      List<Command> sent = world.attach();

      assertThat(world.sessions())
          .singleElement()
          .satisfies(
              s -> {
                assertThat(s.wallet()).isEqualTo(name(ALICE));
                assertThat(s.until()).contains(IN_AN_HOUR);
                assertThat(s.state()).isEqualTo(SessionView.State.ESTABLISHED);
              });
      assertThat(sent)
          .filteredOn(Command.ClientKill.class::isInstance)
          .singleElement()
          .satisfies(
              c -> {
                Command.ClientKill kill = (Command.ClientKill) c;
                assertThat(kill.client()).isEqualTo(new ClientId(4));
                assertThat(kill.message().orElseThrow()).startsWith("AUTH_FAILED,TEMP[backoff ");
              });
    }

    @Test
    void leavesALearnedSessionAloneUntilTheChainAnswers() {
      world.ledger.available(false);
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.attach();

      assertThat(world.after(Duration.ofHours(2))).isEmpty();
      assertThat(world.sessions().getFirst().until()).isEmpty();

      world.ledger.available(true);
      assertThat(world.after(Duration.ofSeconds(2))).anyMatch(Command.ClientKill.class::isInstance);
    }

    @Test
    void cutsALearnedSessionWhoseTimeIsOverByEveryPossibleKey() {
      world.ledger.paid(ALICE.address(), START.minusSeconds(1));
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));

      List<Command> sent = world.attach();

      List<Long> denied =
          sent.stream()
              .filter(Command.ClientDeny.class::isInstance)
              .map(c -> ((Command.ClientDeny) c).key().value())
              .toList();
      assertThat(denied).startsWith(14L, 13L).endsWith(2L, 1L);
    }

    /** OpenVPN's log line of a renegotiation that waits for a verdict. */
    private static String unansweredReauth() {
      return "1795292427,,"
          + name(ALICE)
          + "/10.99.0.2:4242 TLS: Username/Password authentication deferred for username '"
          + name(ALICE)
          + "' [CN SET]";
    }

    @Test
    void answersARenegotiationThatNobodyHeard() {
      String who = name(ALICE) + "/10.99.0.2:4242";
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.daemon.log(
          "1795292407,D,MANAGEMENT: CMD 'client-auth 3 1'",
          "1795292427,,"
              + who
              + " TLS: Username/Password authentication deferred for username '"
              + name(ALICE)
              + "' [CN SET]");

      List<Command> sent = world.attach();

      assertThat(sent)
          .filteredOn(Command.ClientAuthNt.class::isInstance)
          .containsExactly(nt(3, 2), nt(3, 3), nt(3, 4), nt(3, 5));
    }

    /** The connection took our verdict with it; OpenVPN's log shows none. */
    @Test
    void answersARenegotiationAgainOfWhichTheAnswerWasLost() {
      world.attach();
      world.live(0, ALICE);
      world.daemon.fail(
          command ->
              command instanceof Command.ClientAuthNt
                  ? Optional.of(new ManagementException("lost"))
                  : Optional.empty());
      assertThat(world.reauth(0, 3, name(ALICE), world.devicePass(ALICE)))
          .containsExactly(nt(0, 3));
      world.detach();
      world.daemon.fail(_ -> Optional.empty());
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));
      world.daemon.log("1795292407,D,MANAGEMENT: CMD 'client-auth 0 1'", unansweredReauth());

      List<Command> sent = world.attach();

      assertThat(sent)
          .filteredOn(Command.ClientAuthNt.class::isInstance)
          .startsWith(nt(0, 3), nt(0, 4));
    }

    /** Of what the gate before us wrote unasked OpenVPN took one, and it says nowhere which. */
    @Test
    void answersWhatNobodyHeardForTheSecondTime() {
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.daemon.log(
          "1795292407,D,MANAGEMENT: CMD 'client-auth 3 1'",
          unansweredReauth(),
          "1795292430,D,MANAGEMENT: CMD 'client-auth-nt 3 2'",
          "1795292430,D,MANAGEMENT: CMD 'client-auth-nt 3 3'",
          "1795292430,D,MANAGEMENT: CMD 'client-auth-nt 3 4'",
          "1795292430,D,MANAGEMENT: CMD 'client-auth-nt 3 5'",
          unansweredReauth());

      List<Command> sent = world.attach();

      assertThat(sent)
          .filteredOn(Command.ClientAuthNt.class::isInstance)
          .containsExactly(nt(3, 3), nt(3, 4), nt(3, 5), nt(3, 6));
    }

    @Test
    void answersNothingUnaskedForASessionWhoseCredentialWasRevoked() {
      world.ledger.entitle(ALICE.address(), new Entitlement(IN_AN_HOUR, START.minusSeconds(50)));
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.daemon.log(unansweredReauth());

      assertThat(world.attach())
          .anyMatch(Command.ClientKill.class::isInstance)
          .noneMatch(Command.ClientAuthNt.class::isInstance);
    }

    @Test
    void answersNothingUnaskedForAClientThatWasNeverAdmitted() {
      String who = name(ALICE) + "/10.99.0.2:4242";
      world.daemon.status(row(3, ALICE, "", START.minusSeconds(10)));
      world.daemon.log(
          "1795292427,,"
              + who
              + " TLS: Username/Password authentication deferred for username '"
              + name(ALICE)
              + "' [CN SET]");

      assertThat(world.attach())
          .noneMatch(Command.ClientAuthNt.class::isInstance)
          .noneMatch(Command.ClientAuth.class::isInstance);
    }

    @Test
    void cutsALearnedSessionBy64KeysAtMostHoweverOftenItRenegotiates() {
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.attach();
      world.reauth(3, 5_000, name(ALICE), world.devicePass(ALICE));

      List<Command> sent = world.after(Duration.ofHours(1));

      assertThat(sent)
          .filteredOn(Command.ClientDeny.class::isInstance)
          .extracting(c -> ((Command.ClientDeny) c).key().value())
          .hasSize(64)
          .startsWith(5_001L, 5_000L, 4_999L);
    }

    @Test
    void keepsWhatItKnewWhenOnlyTheConnectionWasLost() {
      world.attach();
      world.live(0, ALICE);
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));

      world.detach();
      world.attach();

      assertThat(world.sessions().getFirst().kind()).isEqualTo(SessionView.Kind.LOGIN);
    }

    @Test
    void goesOnCountingBytesWhereTheStatusIs() {
      world.attach();
      world.live(0, ALICE);
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));

      world.detach();
      world.attach();

      isTraffic(1_000, 2_000); // As in the row.
      world.notify(new Notification.ByteCount(new ClientId(0), 1_500, 2_500));
      isTraffic(1_500, 2_500);
    }

    @Test
    void forgetsSessionsOfAnotherProcess() {
      world.attach();
      world.live(0, ALICE);
      world.detach();
      world.daemon.pid("9999");

      world.attach();

      assertThat(world.sessions()).isEmpty();
      assertThat(world.ledger.watched()).isEmpty();
    }

    @Test
    void writesTheCutThatFellDueWhileNobodyWasAttached() {
      world.attach();
      world.live(0, ALICE);
      world.detach();
      world.time.advance(Duration.ofHours(2));
      world.daemon.take();
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));

      List<Command> sent = world.attach();

      assertThat(sent).anyMatch(Command.ClientDeny.class::isInstance);
      assertThat(sent).anyMatch(Command.ClientKill.class::isInstance);
    }

    @Test
    void letsNobodyInWhoWaitedLongerThanTheDeadlineForUsToAttach() {
      world.checkDone = new CompletableFuture<>();
      world.attach();
      world.connect(0, name(ALICE), world.login(ALICE));
      world.time.advance(Duration.ofSeconds(11));

      world.checkDone.complete(null);
      world.time.settle();

      assertThat(world.daemon.takeCommands())
          .anyMatch(c -> c instanceof Command.ClientDeny deny && deny.reason().equals("starting"))
          .noneMatch(Command.ClientAuth.class::isInstance);
    }

    @Test
    void writesNoVerdictOfAnEpochThatIsOver() {
      world.attach();
      world.ledger.hold();
      world.connect(0, name(ALICE), world.login(ALICE));

      List<Command> sent = world.softRestart();
      world.ledger.release();
      world.time.settle();

      assertThat(sent).noneMatch(Command.ClientAuth.class::isInstance);
      assertThat(world.daemon.takeCommands()).isEmpty();
    }
  }

  @Nested
  final class FirstLogins {

    @BeforeEach
    void attach() {
      world.attach();
    }

    @Test
    void admitsAPaidWalletWithBeltAndToken() {
      List<Command> sent = world.connect(0, name(ALICE), world.login(ALICE));

      Command.ClientAuth auth = (Command.ClientAuth) sent.getFirst();
      assertThat(auth.client()).isEqualTo(new ClientId(0));
      assertThat(auth.key()).isEqualTo(new KeyId(1));
      assertThat(auth.directives()).contains("session-timeout 3660");
      assertThat(pushedToken(sent)).hasSize(64);
    }

    @Test
    void setsNoBeltWhenThereIsNone() {
      GateWorld beltless =
          new GateWorld(
              folder,
              new GateConfig(
                  URI.create("https://vpn.example.org"),
                  1,
                  GateConfig.WhenFull.NEWEST_WINS,
                  Optional.empty(),
                  GateConfig.WebSignIn.SAME_ADDRESS));
      beltless.ledger.paid(ALICE.address(), IN_AN_HOUR);
      beltless.attach();

      List<Command> sent = beltless.connect(0, name(ALICE), beltless.login(ALICE));

      assertThat(((Command.ClientAuth) sent.getFirst()).directives())
          .noneMatch(d -> d.startsWith("session-timeout"));
    }

    @Test
    void refusesAnUnpaidWalletWithTheShopInTheText() {
      List<Command> sent = world.connect(0, name(BOB), world.login(BOB));

      assertThat(denyReason(sent)).isEqualTo("no_time");
      assertThat(denyText(sent))
          .isEqualTo(
              "No time is paid for this wallet. Buy at https://vpn.example.org:8443 [no_time]");
    }

    @Test
    void saysWhenTimeEnded() {
      world.ledger.paid(BOB.address(), START.minus(Duration.ofMinutes(18)));

      List<Command> sent = world.connect(0, name(BOB), world.login(BOB));

      assertThat(denyText(sent))
          .isEqualTo(
              "Your time ended at 17:42 UTC. Extend at https://vpn.example.org:8443 [no_time]");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "alice",
          "0x12",
          "0xf39fd6e51aad88f6f4ce6ab8827279cfffb9226",
          "0XF39FD6E51AAD88F6F4CE6AB8827279CFFFB92266",
          "0xF39fd6e51aad88F6F4ce6aB8827279cffFb92266",
          "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266 ",
          "f39fd6e51aad88f6f4ce6ab8827279cfffb92266"
        })
    void refusesWhatIsNoWalletAddress(String username) {
      assertThat(denyReason(world.connect(0, username, world.login(ALICE))))
          .isEqualTo("bad_username");
      assertThat(world.ledger.questions()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "SESS_ID_AT_xyz", "AAAA"})
    void refusesWhatIsNoPassword(String password) {
      assertThat(denyReason(world.connect(0, name(ALICE), password))).isEqualTo("bad_password");
      assertThat(world.ledger.questions()).isZero();
    }

    /** The gate alone can have issued it: when its clock was ahead. */
    @Test
    void takesWhatItIssuedInTheFutureForAFaultOfItsClock() {
      String signedThen =
          world.password(
              ALICE,
              CredentialKind.DEVICE,
              Duration.ofDays(30),
              world.time.wallTime().plus(Duration.ofHours(2)));

      List<Command> sent = world.connect(0, name(ALICE), signedThen);

      assertThat(denyReason(sent)).isEqualTo("clock");
      assertThat(denyText(sent)).startsWith("TEMP[backoff ").contains("Get a new one at");
      assertThat(world.ledger.questions()).isZero();
    }

    @Test
    void saysNothingOfTimeToWhomTheSignatureIsNotOf() {
      IssuedNonce nonce =
          world.authority.issue(
              ALICE.address(),
              CredentialKind.DEVICE,
              world.time.wallTime().plus(Duration.ofHours(2)),
              Duration.ofDays(30));
      String forged = nonce.passwordPrefix() + GateWorld.signature(BOB, nonce.message());

      assertThat(denyReason(world.connect(0, name(ALICE), forged))).isEqualTo("bad_signature");
    }

    @Test
    void refusesAnotherWalletsNonceWithoutAskingTheChain() {
      assertThat(denyReason(world.connect(0, name(ALICE), world.login(BOB))))
          .isEqualTo("nonce_forged");
      assertThat(world.ledger.questions()).isZero();
    }

    @Test
    void refusesAnotherWalletsSignatureWithoutAskingTheChain() {
      var nonce =
          world.authority.issue(
              ALICE.address(), CredentialKind.LOGIN, START, Duration.ofMinutes(5));
      String password = nonce.passwordPrefix() + GateWorld.signature(BOB, nonce.message());

      assertThat(denyReason(world.connect(0, name(ALICE), password))).isEqualTo("bad_signature");
      assertThat(world.ledger.questions()).isZero();
    }

    @Test
    void refusesAnExpiredLogin() {
      String login = world.login(ALICE);
      world.time.advance(Duration.ofMinutes(5));

      assertThat(denyReason(world.connect(0, name(ALICE), login))).isEqualTo("nonce_expired");
    }

    @Test
    void tellsTheOwnerOfAnExpiredLoginThatTimeIsOverIfItIs() {
      String login = world.login(BOB);
      world.time.advance(Duration.ofMinutes(5));

      assertThat(denyReason(world.connect(0, name(BOB), login))).isEqualTo("no_time");
    }

    @Test
    void refusesALoginThatWasUsed() {
      String login = world.login(ALICE);
      world.connect(0, name(ALICE), login);
      world.established(0, name(ALICE));
      world.disconnect(0);
      world.daemon.take();

      assertThat(denyReason(world.connect(1, name(ALICE), login))).isEqualTo("nonce_used");
    }

    @Test
    void givesALoginBackWhenTheTunnelNeverCameUp() {
      String login = world.login(ALICE);
      world.connect(0, name(ALICE), login);
      world.disconnect(0);
      world.daemon.take();

      assertThat(world.connect(1, name(ALICE), login).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
    }

    @Test
    void admitsADevicePassAgainAndAgain() {
      String pass = world.devicePass(ALICE);
      for (int cid = 0; cid < 3; cid++) {
        assertThat(world.connect(cid, name(ALICE), pass).getFirst())
            .isInstanceOf(Command.ClientAuth.class);
        world.established(cid, name(ALICE));
        world.disconnect(cid);
        world.daemon.take();
      }
    }

    @Test
    void admitsAnyLawfulSpelling() {
      assertThat(
              world.connect(0, name(ALICE).toLowerCase(Locale.ROOT), world.login(ALICE)).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
    }

    @Test
    void reconnectsByToken() {
      String token = pushedToken(world.connect(0, name(ALICE), world.login(ALICE)));
      world.established(0, name(ALICE));
      world.disconnect(0);
      world.time.advance(Duration.ofMinutes(50));
      world.daemon.take();

      List<Command> sent = world.connect(1, name(ALICE), token);

      assertThat(sent.getFirst()).isInstanceOf(Command.ClientAuth.class);
      assertThat(pushedToken(sent)).hasSize(64);
    }

    @Test
    void refusesATokenOfAnotherWallet() {
      world.ledger.paid(BOB.address(), IN_AN_HOUR);
      String token = pushedToken(world.connect(0, name(ALICE), world.login(ALICE)));

      assertThat(denyReason(world.connect(1, name(BOB), token))).isEqualTo("nonce_forged");
    }

    @Test
    void refusesARevokedCredentialAndItsTokens() {
      String pass = world.devicePass(ALICE);
      String token = pushedToken(world.connect(0, name(ALICE), pass));
      world.disconnect(0);
      world.time.advance(Duration.ofSeconds(10));
      world.ledger.entitle(ALICE.address(), new Entitlement(IN_AN_HOUR, START.plusSeconds(5)));

      assertThat(denyReason(world.connect(1, name(ALICE), pass))).isEqualTo("revoked");
      assertThat(denyReason(world.connect(2, name(ALICE), token))).isEqualTo("revoked");
      assertThat(world.connect(3, name(ALICE), world.login(ALICE)).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
    }

    @Test
    void deniesForNowWhenTheChainIsSilentAndKeepsTheLoginGood() {
      world.ledger.available(false);
      String login = world.login(ALICE);

      List<Command> sent = world.connect(0, name(ALICE), login);
      assertThat(denyReason(sent)).isEqualTo("chain_unavailable");
      assertThat(denyText(sent)).matches("TEMP\\[backoff \\d+,advance no\\]:.*");

      world.ledger.available(true);
      assertThat(world.connect(1, name(ALICE), login).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
    }

    @Test
    void turnsAwayWhoComesWhenTooManyWait() {
      for (int cid = 0; cid < 20_000; cid++) {
        world.knock(cid, name(BOB), "secret");
      }
      assertThat(world.daemon.takeCommands()).isEmpty();

      world.knock(20_000, name(ALICE), world.login(ALICE));

      List<Command> sent = world.daemon.takeCommands();
      assertThat(denyReason(sent)).isEqualTo("overloaded");
      assertThat(denyText(sent)).startsWith("TEMP[backoff ");
    }

    @Test
    void turnsAwayWhoComesWhenNoSignatureCanBeChecked() {
      String login = world.login(ALICE);
      world.connect(0, name(ALICE), login);
      world.established(0, name(ALICE));
      world.signatureWorkers =
          _ -> {
            throw new RejectedExecutionException();
          };

      List<Command> sent = world.connect(1, name(ALICE), world.login(ALICE));

      assertThat(denyReason(sent)).isEqualTo("overloaded");
      assertThat(denyText(sent)).startsWith("TEMP[backoff ");
      assertThat(world.reauth(0, 3, name(ALICE), login).getFirst())
          .isInstanceOf(Command.ClientAuthNt.class);
    }

    @Test
    void deniesWhenAStepThrowsWhatNobodyExpected() {
      world.ledger.fail(new IllegalStateException("this is part of the test"));

      assertThat(denyReason(world.connect(0, name(ALICE), world.login(ALICE))))
          .isEqualTo("internal");
      assertThat(world.after(Duration.ofMinutes(1))).isEmpty();
    }

    @Test
    void deniesWhenTheAcceptItselfCanNotBeMade() {
      world.ledger.paid(ALICE.address(), Instant.MAX); // No belt is that long.

      assertThat(denyReason(world.connect(0, name(ALICE), world.login(ALICE))))
          .isEqualTo("internal");
      assertThat(world.sessions()).isEmpty();
    }

    @Test
    void speaksPlainlyToClientsThatKnowNoTemporaryFailure() {
      world.ledger.available(false);
      Map<String, String> old =
          new LinkedHashMap<>(GateWorld.environment(name(ALICE), world.login(ALICE)));
      old.put("IV_PROTO", "2");

      assertThat(denyText(world.connect(0, old)))
          .startsWith("The payment can't be checked just now")
          .endsWith("[chain_unavailable]");
    }

    @Test
    void refusesABlockWithANameTwice() {
      world.notify(
          new Notification.ClientConnect(
              new ClientId(0),
              new KeyId(1),
              new ClientEnvironment(GateWorld.environment(name(ALICE), world.login(ALICE)), true)));

      assertThat(denyReason(world.daemon.takeCommands())).isEqualTo("bad_username");
    }

    @Test
    void answersAtTheDeadlineAndNeverAgain() {
      world.ledger.hold();
      world.connect(0, name(ALICE), world.login(ALICE));

      assertThat(denyReason(world.after(Duration.ofSeconds(10)))).isEqualTo("chain_unavailable");
      world.ledger.release();
      world.time.settle();
      assertThat(world.daemon.takeCommands()).isEmpty();
    }

    @Test
    void letsNobodyInWhomItHasCutForBeingUpWithoutAVerdict() {
      world.ledger.hold();
      world.connect(0, name(ALICE), world.login(ALICE));
      assertThat(world.established(0, name(ALICE))).first().isInstanceOf(Command.ClientKill.class);

      world.ledger.release();
      world.time.settle();

      assertThat(world.daemon.takeCommands()).isEmpty();
    }

    @Test
    void refusesWhoAsksAgainWhileItIsBeingCut() {
      world.established(0, name(ALICE));

      assertThat(denyReason(world.connect(0, 5, environment(name(ALICE), world.login(ALICE)))))
          .isEqualTo("internal");

      world.disconnect(0);
      assertThat(denyReason(world.connect(0, 6, environment(name(ALICE), world.login(ALICE)))))
          .as("OpenVPN gives no number twice")
          .isEqualTo("internal");
    }

    @Test
    void letsInWhoHasTheNumberOfACutClientInTheNextEpochOnly() {
      world.live(0, ALICE);
      world.connect(1, name(ALICE), world.login(ALICE));
      world.disconnect(0);
      world.disconnect(1);

      assertThat(denyReason(world.connect(0, 3, environment(name(ALICE), world.login(ALICE)))))
          .isEqualTo("internal");
      isAdmission(world.connect(2, name(ALICE), world.login(ALICE)), 1);
      world.softRestart();
      isAdmission(world.connect(0, name(ALICE), world.login(ALICE)), 1);
    }

    /** The cut is over then, as far as anybody looks: OpenVPN does not list the client. */
    @Test
    void doesNotLetInAClientThatWentAfterItsCutUnheard() {
      world.connect(0, name(ALICE), world.login(ALICE));
      world.connect(1, name(ALICE), world.login(ALICE));
      world.after(Duration.ofSeconds(9));

      assertThat(denyReason(world.connect(0, 2, environment(name(ALICE), world.login(ALICE)))))
          .isEqualTo("internal");
    }

    @Test
    void letsNobodyInWhomItHasCutForRenewingKeysWithoutAVerdict() {
      world.ledger.hold();
      world.connect(0, name(ALICE), world.login(ALICE));
      assertThat(world.reauth(0, 3, name(ALICE), world.login(ALICE)))
          .first()
          .isInstanceOf(Command.ClientKill.class);

      world.ledger.release();
      world.time.settle();

      assertThat(world.daemon.takeCommands()).isEmpty();
    }

    /** Whoever is told before there is a session to tell it to is told again. */
    @Test
    void endsASessionThatAnOldAnswerLetInWithTheNextReading() {
      world.ledger.hold();
      world.connect(0, name(ALICE), world.login(ALICE));
      world.gate.entitlementChanged(ALICE.address(), Entitlement.NONE, false);
      world.ledger.onWatch(w -> world.gate.entitlementChanged(w, Entitlement.NONE, false));
      world.ledger.release();
      world.time.settle();

      assertThat(world.daemon.takeCommands())
          .anyMatch(Command.ClientAuth.class::isInstance)
          .anyMatch(Command.ClientKill.class::isInstance);
    }

    @Test
    void goesByTheNextReadingOfASessionLearnedByAnOldAnswer() {
      world.ledger.onWatch(
          w -> world.gate.entitlementChanged(w, new Entitlement(IN_AN_HOUR, Instant.EPOCH), false));
      world.ledger.paid(ALICE.address(), START.plusSeconds(10));
      world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
      world.attach();

      assertThat(world.sessions())
          .singleElement()
          .matches(session -> session.until().equals(Optional.of(IN_AN_HOUR)));
    }

    @Test
    void wakesEveryClientInTheSameWriteThatLetsItIn() {
      world.notify(
          new Notification.ClientConnect(
              new ClientId(0),
              new KeyId(1),
              new ClientEnvironment(
                  GateWorld.environment(name(ALICE), world.login(ALICE)), false)));

      assertThat(world.daemon.take())
          .singleElement()
          .satisfies(
              w -> {
                assertThat(w.commands()).hasSize(2).first().isInstanceOf(Command.ClientAuth.class);
                assertThat(w.commands().getLast())
                    .isEqualTo(
                        new Command.ClientPendingAuth(new ClientId(0), new KeyId(1), "", 60));
              });
    }

    @Test
    void answersNobodyWhoIsGone() {
      world.ledger.hold();
      world.connect(0, name(ALICE), world.login(ALICE));
      world.disconnect(0);
      world.ledger.release();
      world.time.settle();

      assertThat(world.daemon.takeCommands()).isEmpty();
      assertThat(world.ledger.watched()).isEmpty();
    }

    @Test
    void answersOnlyTheLaterKeyOfAClientThatBeganAnew() {
      world.ledger.hold();
      Map<String, String> login = GateWorld.environment(name(ALICE), world.login(ALICE));
      world.connect(0, 1, login);
      world.connect(0, 2, login);
      world.ledger.release();
      world.time.settle();

      isAdmission(world.daemon.takeCommands(), 2);
      world.disconnect(0);
      assertThat(world.ledger.watched()).isEmpty();
    }

    @Test
    void admitsAClientAnewThatBeganAnewBeforeItsTunnelWasUp() {
      Map<String, String> login = GateWorld.environment(name(ALICE), world.login(ALICE));
      world.connect(0, 1, login);

      isAdmission(world.connect(0, 2, login), 2);
      assertThat(world.sessions()).hasSize(1);
      world.disconnect(0);
      assertThat(world.sessions()).isEmpty();
      assertThat(world.ledger.watched()).isEmpty();
    }

    @Test
    void keepsTheLaterKeyWhenTheEarlierOneIsUnknown() {
      List<CompletableFuture<List<Reply>>> waiting = world.daemon.holdReplies();
      Map<String, String> login = GateWorld.environment(name(ALICE), world.login(ALICE));
      world.connect(0, 1, login);
      world.connect(0, 2, login);

      waiting.getFirst().complete(List.of(new Reply.Failure("client-auth command failed")));
      world.time.settle();

      assertThat(world.established(0, name(ALICE))).isEmpty();
    }

    @Test
    void admitsNoLaterKeyOfAClientThatIsBeingCut() {
      world.connect(0, 1, GateWorld.environment(name(ALICE), world.devicePass(ALICE)));
      var _ = world.gate.kill(new KillTarget.ByWallet(ALICE.address()), "Please call us");
      world.time.settle();
      world.daemon.take();

      List<Command> sent =
          world.connect(0, 2, GateWorld.environment(name(ALICE), world.devicePass(ALICE)));

      assertThat(denyReason(sent)).isEqualTo("operator");
    }

    @Test
    void doesNotCutAClientWhoseAdmissionWasConfirmedLate() {
      world.daemon.fail(
          c ->
              c instanceof Command.ClientAuth
                  ? Optional.of(new CommandTimeoutException(Duration.ofSeconds(10)))
                  : Optional.empty());
      world.connect(0, name(ALICE), world.login(ALICE));

      assertThat(world.established(0, name(ALICE))).isEmpty();
      assertThat(world.sessions()).hasSize(1);
    }

    @Test
    void limitsTheCostlyChecksOfOneSource() {
      for (int cid = 0; cid < GateWorld.CONNECTS_PER_SOURCE; cid++) {
        world.connect(cid, name(BOB), world.login(BOB));
      }

      assertThat(denyReason(world.connect(90, name(ALICE), world.login(ALICE))))
          .isEqualTo("rate_limited");
      world.time.advance(Duration.ofSeconds(10));
      assertThat(world.connect(91, name(ALICE), world.login(ALICE)).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
    }

    @Test
    void admitsNobodyWhileTheClockIsInDoubt() {
      world.time.jump(Duration.ofHours(-2));

      assertThat(denyReason(world.connect(0, name(ALICE), world.login(ALICE)))).isEqualTo("clock");
    }

    /** All that the chain says is old by a clock that is ahead. */
    @Test
    void blamesItsClockWhereTheChainGoesOnBehindItFromTheStart() {
      world.ledger.available(false);
      List<String> reasons = new ArrayList<>();
      for (int second = 0; second < 12; second++) {
        world.ledger.status(unfit(START.minus(Duration.ofHours(2)).plusSeconds(second)));
        world.after(Duration.ofSeconds(1));
        reasons.add(denyReason(world.connect(second, name(ALICE), world.login(ALICE))));
      }

      assertThat(reasons).startsWith("chain_unavailable").endsWith("clock");
      assertThat(world.gate.snapshot().clockDoubtful()).isTrue();
      assertThat(world.gate.snapshot().clockConfirmed()).isFalse();

      world.ledger.available(true);
      world.ledger.status(new ChainStatus(true, List.of(), world.time.wallTime(), true));
      world.after(Duration.ofSeconds(10));

      assertThat(world.connect(50, name(ALICE), world.login(ALICE)).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
      assertThat(world.gate.snapshot().clockConfirmed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20})
    void blamesTheChainWhereItStandsStillOrCatchesUp(int blockSecondsPerSecond) {
      world.ledger.available(false);
      for (int second = 0; second < 60; second++) {
        world.ledger.status(
            unfit(
                START
                    .minus(Duration.ofHours(2))
                    .plusSeconds((long) second * blockSecondsPerSecond)));
        world.after(Duration.ofSeconds(1));
      }

      assertThat(denyReason(world.connect(0, name(ALICE), world.login(ALICE))))
          .isEqualTo("chain_unavailable");
      assertThat(world.gate.snapshot().clockDoubtful()).isFalse();
    }

    private static ChainStatus unfit(Instant head) {
      return new ChainStatus(false, List.of("the newest block is old"), head, true);
    }

    @Test
    void followsAJumpThatTheChainConfirms() {
      world.time.jump(Duration.ofMinutes(20));
      world.ledger.status(
          new ChainStatus(true, List.of(), START.plus(Duration.ofMinutes(20)), true));

      assertThat(world.connect(0, name(ALICE), world.login(ALICE)).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
    }

    @Test
    void cutsAClientThatIsUpWithoutAVerdict() {
      List<Command> sent = world.established(7, name(ALICE));

      assertThat(sent).anyMatch(Command.ClientDeny.class::isInstance);
      assertThat(sent).anyMatch(Command.ClientKill.class::isInstance);
    }
  }

  @Nested
  final class OneSessionPerWallet {

    @BeforeEach
    void attach() {
      world.attach();
    }

    @Test
    void lettingAnotherDeviceInCutsTheOlderWithAText() {
      world.live(0, ALICE);

      List<Command> sent = world.connect(1, name(ALICE), world.login(ALICE));

      assertThat(sent.getFirst())
          .isEqualTo(
              new Command.ClientKill(
                  new ClientId(0),
                  Optional.of("HALT,Another device of this wallet has connected [replaced]")));
      isAdmission(sent.subList(sent.size() - 2, sent.size()), 1);
    }

    @Test
    void theSameDeviceReplacesItselfInSilence() {
      String pass = world.devicePass(ALICE);
      world.connect(0, name(ALICE), pass);
      world.established(0, name(ALICE));
      world.daemon.take();

      isAdmission(world.connect(1, name(ALICE), pass), 1);
    }

    @Test
    void theSameDeviceUnderAnotherSpellingEndsItsOlderSession() {
      String pass = world.devicePass(ALICE);
      world.connect(0, name(ALICE), pass);
      world.established(0, name(ALICE));
      world.daemon.take();

      List<Command> sent = world.connect(1, name(ALICE).toLowerCase(Locale.ROOT), pass);

      assertThat(sent).anyMatch(Command.ClientKill.class::isInstance);
    }

    @Test
    void isKeptByAnotherPolicyFromAReloadOn() {
      world.live(0, ALICE);
      world.gate.reconfigure(
          new GateConfig(
              URI.create("https://vpn.example.org:8443"),
              1,
              GateConfig.WhenFull.REFUSE,
              Optional.empty(),
              GateConfig.WebSignIn.OFF));
      world.time.settle();
      assertThat(world.daemon.takeCommands()).as("a live session is not touched").isEmpty();

      assertThat(denyReason(world.connect(1, name(ALICE), world.login(ALICE))))
          .isEqualTo("session_limit");
      world.disconnect(0);
      assertThat(world.connect(2, name(ALICE), world.login(ALICE)))
          .first()
          .isInstanceOfSatisfying(
              Command.ClientAuth.class,
              accept ->
                  assertThat(accept.directives())
                      .noneMatch(line -> line.startsWith("session-timeout")));
    }

    @Test
    void refusesNobodyForASessionFromBeforeARestartThatMayBeItsOwn() {
      world =
          new GateWorld(
              folder,
              new GateConfig(
                  URI.create("https://vpn.example.org"),
                  1,
                  GateConfig.WhenFull.REFUSE,
                  Optional.empty(),
                  GateConfig.WebSignIn.SAME_ADDRESS));
      world.ledger.paid(ALICE.address(), IN_AN_HOUR);
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));
      world.attach();

      List<Command> sent = world.connect(1, name(ALICE), world.devicePass(ALICE));

      assertThat(sent.getFirst()).isInstanceOf(Command.ClientKill.class);
      isAdmission(sent.subList(sent.size() - 2, sent.size()), 1);
    }

    @Test
    void oneDevicePassGivesNoMoreSessionsWhereOpenVpnAllowsEqualNames() {
      world =
          new GateWorld(
              folder,
              new GateConfig(
                  URI.create("https://vpn.example.org"),
                  2,
                  GateConfig.WhenFull.NEWEST_WINS,
                  Optional.empty(),
                  GateConfig.WebSignIn.SAME_ADDRESS));
      world.ledger.paid(ALICE.address(), IN_AN_HOUR);
      world.attach();
      String pass = world.devicePass(ALICE);
      for (int cid = 0; cid < 4; cid++) {
        world.connect(cid, name(ALICE), pass);
        world.established(cid, name(ALICE));
      }

      assertThat(world.sessions())
          .filteredOn(s -> s.state() == SessionView.State.ESTABLISHED)
          .singleElement()
          .satisfies(s -> assertThat(s.client()).isEqualTo(new ClientId(3)));
    }

    @Test
    void refusesAnotherDeviceWhereThatIsThePolicy() {
      world =
          new GateWorld(
              folder,
              new GateConfig(
                  URI.create("https://vpn.example.org"),
                  1,
                  GateConfig.WhenFull.REFUSE,
                  Optional.empty(),
                  GateConfig.WebSignIn.SAME_ADDRESS));
      world.ledger.paid(ALICE.address(), IN_AN_HOUR);
      world.attach();
      String pass = world.devicePass(ALICE);
      world.connect(0, name(ALICE), pass);
      world.established(0, name(ALICE));
      world.daemon.take();

      assertThat(denyReason(world.connect(1, name(ALICE), world.login(ALICE))))
          .isEqualTo("session_limit");
      assertThat(world.connect(2, name(ALICE), pass).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
    }
  }

  @Nested
  final class Renegotiations {

    @BeforeEach
    void attach() {
      world.attach();
    }

    @Test
    void acceptsTheSamePasswordFromMemoryLongAfterItExpired() {
      String login = world.login(ALICE);
      world.connect(0, name(ALICE), login);
      world.established(0, name(ALICE));
      world.time.advance(Duration.ofMinutes(50));
      world.daemon.take();
      int questions = world.ledger.questions();

      assertThat(world.reauth(0, 3, name(ALICE), login)).containsExactly(nt(0, 3));
      assertThat(world.ledger.questions()).isEqualTo(questions);
    }

    @Test
    void acceptsThePushedToken() {
      String token = pushedToken(world.connect(0, name(ALICE), world.login(ALICE)));
      world.established(0, name(ALICE));
      world.daemon.take();

      assertThat(world.reauth(0, 3, name(ALICE), token)).containsExactly(nt(0, 3));
      assertThat(world.reauth(0, 4, name(ALICE), token)).containsExactly(nt(0, 4));
    }

    /** The clock was ahead when the session began, and was put right. */
    @Test
    void acceptsItsOwnTokenAlsoIfThatIsDatedAhead() {
      String token = pushedToken(world.connect(0, name(ALICE), world.login(ALICE)));
      world.established(0, name(ALICE));
      world.daemon.take();
      DeviceId device = ((Credential.Token) PasswordDecoder.decode(token).orElseThrow()).deviceId();
      Instant ahead = world.time.wallTime().plus(Duration.ofMinutes(15));

      assertThat(world.reauth(0, 3, name(ALICE), token(ahead, device))).containsExactly(nt(0, 3));
      assertThat(
              denyReason(
                  world.reauth(0, 4, name(ALICE), token(ahead, new DeviceId("0".repeat(16))))))
          .isEqualTo("clock");
    }

    private String token(Instant issuedAt, DeviceId device) {
      return world.authority.mintToken(ALICE.address(), issuedAt, Duration.ofDays(1), device);
    }

    @Test
    void acceptsANewLoginOfTheSameWalletAndSpendsIt() {
      world.live(0, ALICE);
      String other = world.login(ALICE);

      assertThat(world.reauth(0, 3, name(ALICE), other)).containsExactly(nt(0, 3));
      world.disconnect(0);
      world.daemon.take();
      assertThat(denyReason(world.connect(1, name(ALICE), other))).isEqualTo("nonce_used");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong", "AAAA"})
    void cutsASessionThatShowsAWrongPassword(String password) {
      world.live(0, ALICE);

      List<Command> sent = world.reauth(0, 3, name(ALICE), password);

      assertThat(sent).noneMatch(Command.ClientAuthNt.class::isInstance);
      assertThat(sent.getFirst()).isInstanceOf(Command.ClientKill.class);
      assertThat(sent)
          .filteredOn(Command.ClientDeny.class::isInstance)
          .extracting(c -> ((Command.ClientDeny) c).key().value())
          .containsExactly(3L, 1L);
    }

    @Test
    void deniesForNowWhenAStepThrowsWhatNobodyExpected() {
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));
      world.attach();
      world.signatureWorkers =
          _ -> {
            throw new IllegalStateException("this is part of the test");
          };

      List<Command> sent = world.reauth(0, 3, name(ALICE), world.devicePass(ALICE));

      assertThat(denyReason(sent)).isEqualTo("internal");
      assertThat(denyText(sent)).startsWith("TEMP[backoff ");
    }

    @Test
    void deniesForNowAndDoesNotHaltASessionWhenItIsTheGateThatCanNot() {
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));
      world.attach();
      world.signatureWorkers =
          _ -> {
            throw new RejectedExecutionException();
          };

      List<Command> sent = world.reauth(0, 3, name(ALICE), world.devicePass(ALICE));

      assertThat(denyReason(sent)).isEqualTo("overloaded");
      assertThat(denyText(sent)).startsWith("TEMP[backoff ");
    }

    @Test
    void cutsASessionThatShowsAnotherWallet() {
      world.ledger.paid(BOB.address(), IN_AN_HOUR);
      world.live(0, ALICE);

      List<Command> sent = world.reauth(0, 3, name(BOB), world.login(BOB));

      assertThat(sent).noneMatch(Command.ClientAuthNt.class::isInstance);
      assertThat(sent).anyMatch(Command.ClientKill.class::isInstance);
    }

    /** A client that renewed its keys just then never hears what was said under the former one. */
    @Test
    void acceptsNobodyWhoIsBeingCutAndTellsItOnceMore() {
      String login = world.login(ALICE);
      world.connect(0, name(ALICE), login);
      world.established(0, name(ALICE));
      world.time.advance(Duration.ofHours(1));
      Command farewell = world.daemon.takeCommands().getFirst();

      List<Command> sent = world.reauth(0, 3, name(ALICE), login);

      assertThat(farewell).isInstanceOf(Command.ClientKill.class);
      assertThat(sent).hasSize(2).first().isEqualTo(farewell);
      assertThat(denyReason(sent.subList(1, 2))).isEqualTo("expired");
    }

    @Test
    void acceptsOpenVpnsOwnTokenEvenWhenItWasRenewedLate() {
      Map<String, String> environment =
          new LinkedHashMap<>(GateWorld.environment(name(ALICE), world.login(ALICE)));
      environment.put("session_id", "AAA");
      environment.put("session_state", "Initial");
      List<Command> sent = world.connect(0, environment);
      assertThat(((Command.ClientAuth) sent.getFirst()).directives())
          .noneMatch(d -> d.contains("auth-token"));
      world.established(0, name(ALICE));
      world.daemon.take();

      assertThat(daemonTokenReauth(3, "AAA", "Expired")).containsExactly(nt(0, 3));
      assertThat(daemonTokenReauth(4, "BBB", "Authenticated"))
          .noneMatch(Command.ClientAuthNt.class::isInstance);
    }

    private List<Command> daemonTokenReauth(long kid, String session, String state) {
      Map<String, String> environment =
          new LinkedHashMap<>(GateWorld.environment(name(ALICE), "SESS_ID_AT_abc"));
      environment.put("session_id", session);
      environment.put("session_state", state);
      world.notify(
          new Notification.ClientReauth(
              new ClientId(0), new KeyId(kid), new ClientEnvironment(environment, false)));
      return world.daemon.takeCommands();
    }
  }

  @Nested
  final class Traffic {

    @BeforeEach
    void live() {
      world.attach();
      world.live(0, ALICE);
    }

    @Test
    void isWhatOpenVpnCountsAndNothingTakesItBack() {
      world.notify(new Notification.ByteCount(new ClientId(0), 700, 90));
      isTraffic(700, 90);

      world.notify(new Notification.ByteCount(new ClientId(0), 0, 100));
      isTraffic(700, 100);
    }

    @Test
    void ofAClientThatNobodyKnowsChangesNothing() {
      world.notify(new Notification.ByteCount(new ClientId(7), 700, 90));

      isTraffic(0, 0);
      assertThat(world.daemon.take()).isEmpty();
    }
  }

  @Nested
  final class TheEnd {

    @BeforeEach
    void live() {
      world.attach();
      world.live(0, ALICE);
    }

    @Test
    void comesAtPaidUntilAndNotBefore() {
      assertThat(world.after(Duration.ofHours(1).minusMillis(1))).isEmpty();

      world.time.advance(Duration.ofMillis(1));

      assertThat(world.daemon.take())
          .singleElement()
          .satisfies(
              write -> {
                assertThat(write.priority()).isEqualTo(CommandPriority.CUT);
                assertThat(write.commands())
                    .containsExactly(
                        new Command.ClientKill(
                            new ClientId(0),
                            Optional.of(
                                "HALT,Your time ended at 19:00 UTC. Extend at"
                                    + " https://vpn.example.org:8443 [expired]")),
                        new Command.ClientDeny(
                            new ClientId(0),
                            new KeyId(1),
                            "expired",
                            Optional.of(
                                "Your time ended at 19:00 UTC. Extend at"
                                    + " https://vpn.example.org:8443 [expired]")));
              });
    }

    @Test
    void deniesTheNewestFourKeys() {
      String pass = world.devicePass(ALICE);
      for (long kid = 3; kid <= 8; kid++) {
        world.reauth(0, kid, name(ALICE), pass);
      }

      List<Command> sent = world.after(Duration.ofHours(1));

      assertThat(sent)
          .filteredOn(Command.ClientDeny.class::isInstance)
          .extracting(c -> ((Command.ClientDeny) c).key().value())
          .containsExactly(8L, 7L, 6L, 5L);
    }

    @Test
    void movesWithAPurchaseAndNobodyIsDisturbed() {
      world.gate.entitlementChanged(
          ALICE.address(), new Entitlement(IN_AN_HOUR.plusSeconds(30), Instant.EPOCH), false);

      assertThat(world.after(Duration.ofHours(1).plusSeconds(29))).isEmpty();
      assertThat(world.after(Duration.ofSeconds(1))).isNotEmpty();
    }

    @Test
    void isPutOffByATopUpThatOnlyTheNewestBlockShows() {
      world.ledger.paidAtLatest(ALICE.address(), IN_AN_HOUR.plusSeconds(20));

      assertThat(world.after(Duration.ofHours(1).plusSeconds(19))).isEmpty();
      assertThat(world.after(Duration.ofSeconds(1))).isNotEmpty();
    }

    @Test
    void isPutOffByAMinuteAtATimeUntilATopUpIsConfirmed() {
      world.ledger.paidAtLatest(ALICE.address(), IN_AN_HOUR.plus(Duration.ofDays(30)));
      assertThat(world.after(Duration.ofHours(1).plusSeconds(100)))
          .noneMatch(Command.ClientDeny.class::isInstance);

      world.ledger.paidAtLatest(ALICE.address(), IN_AN_HOUR);

      assertThat(world.after(Duration.ofSeconds(60)))
          .anyMatch(Command.ClientDeny.class::isInstance);
    }

    @Test
    void holdsWhenTheChainIsSilent() {
      world.ledger.available(false);

      assertThat(world.after(Duration.ofHours(1).minusMillis(1))).isEmpty();
      assertThat(world.after(Duration.ofMillis(1))).isNotEmpty();
    }

    @Test
    void isNotBroughtForwardByAWallClockThatJumps() {
      world.ledger.status(new ChainStatus(true, List.of(), START, true));
      world.time.jump(Duration.ofHours(3));

      assertThat(world.after(Duration.ofHours(1).minusMillis(1))).isEmpty();
      assertThat(world.after(Duration.ofMillis(1))).isNotEmpty();
    }

    @Test
    void comesAtOnceWhenAConfirmedJumpOfTheClockHasPassedIt() {
      world.time.advance(Duration.ofSeconds(10));
      world.time.jump(Duration.ofHours(3));
      world.ledger.status(new ChainStatus(true, List.of(), world.time.wallTime(), true));

      assertThat(world.after(Duration.ofSeconds(1))).anyMatch(Command.ClientKill.class::isInstance);
    }

    @Test
    void comesWithinASecondWhenTheClockIsSetForwardALittle() {
      world.time.advance(Duration.ofMinutes(59));
      world.time.jump(Duration.ofMillis(1_900));
      world.daemon.take();

      assertThat(world.after(Duration.ofMillis(59_100)))
          .anyMatch(Command.ClientKill.class::isInstance);
    }

    @Test
    void hasPatienceWithAPurchaseThatAReorganisationRemoved() {
      world.ledger.entitle(ALICE.address(), Entitlement.NONE);
      world.gate.entitlementChanged(ALICE.address(), Entitlement.NONE, true);

      assertThat(world.after(Duration.ofSeconds(59))).isEmpty();
      assertThat(world.after(Duration.ofSeconds(1))).isNotEmpty();
    }

    @Test
    void isForgottenWhenTheRemovedPurchaseComesBack() {
      world.gate.entitlementChanged(ALICE.address(), Entitlement.NONE, true);
      world.time.advance(Duration.ofSeconds(30));
      world.gate.entitlementChanged(
          ALICE.address(), new Entitlement(IN_AN_HOUR, Instant.EPOCH), true);

      assertThat(world.after(Duration.ofMinutes(59))).isEmpty();
    }

    @Test
    void comesAtOnceWhenTheCredentialIsRevoked() {
      world.gate.entitlementChanged(
          ALICE.address(), new Entitlement(IN_AN_HOUR, START.plusSeconds(1)), false);
      world.time.settle();

      assertThat(world.daemon.takeCommands())
          .contains(
              new Command.ClientDeny(
                  new ClientId(0),
                  new KeyId(1),
                  "revoked",
                  Optional.of(
                      "This password was revoked. Get a new one at"
                          + " https://vpn.example.org:8443 [revoked]")));
    }

    /** It was let in while the clock was ahead, which was put right an hour ago. */
    @Test
    void comesAtOnceWhenARevokedCredentialIsDatedAhead() {
      String pass = world.devicePass(BOB);
      Instant issuedAt = START;
      world.ledger.paid(BOB.address(), START.plus(Duration.ofDays(1)));
      world.connect(1, name(BOB), pass);
      world.established(1, name(BOB));
      world.time.jump(Duration.ofHours(-5));
      world.ledger.status(new ChainStatus(true, List.of(), START.minus(Duration.ofHours(5)), true));
      world.after(Duration.ofHours(1));
      Instant revokedAt = START.minus(Duration.ofHours(4));
      Entitlement revoked = new Entitlement(START.plus(Duration.ofDays(1)), revokedAt);

      world.ledger.entitle(BOB.address(), revoked);
      world.gate.entitlementChanged(BOB.address(), revoked, false);
      List<Command> sent = world.after(Duration.ofSeconds(1));
      world.disconnect(1);
      world.ledger.status(new ChainStatus(true, List.of(), issuedAt, false));
      world.after(Duration.ofHours(5));

      assertThat(sent)
          .contains(
              new Command.ClientDeny(
                  new ClientId(1),
                  new KeyId(1),
                  "revoked",
                  Optional.of(
                      "This password was revoked. Get a new one at"
                          + " https://vpn.example.org:8443 [revoked]")));
      assertThat(denyReason(world.connect(2, name(BOB), pass))).isEqualTo("revoked");
    }

    @Test
    void isConfirmedByDisconnectAndThenForgotten() {
      world.time.advance(Duration.ofHours(1));
      world.disconnect(0);
      world.daemon.take();

      assertThat(world.after(Duration.ofMinutes(5))).isEmpty();
      assertThat(world.sessions()).isEmpty();
      assertThat(world.ledger.watched()).isEmpty();
    }

    @Test
    void isEnforcedByNameWhenNoDisconnectComes() {
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));
      world.time.advance(Duration.ofHours(1));
      world.daemon.take();

      assertThat(world.after(Duration.ofSeconds(8)))
          .containsExactly(new Command.Status(), new Command.KillCommonName(name(ALICE)));
    }

    @Test
    void leavesTheTextItsTimeWhenOpenVpnStandsStillMeanwhile() {
      List<CompletableFuture<List<Reply>>> replies = world.daemon.holdReplies();
      world.time.advance(Duration.ofHours(1));
      List<RecordingConnection.Write> cut = world.daemon.take();

      List<Command> whileItStandsStill = world.after(Duration.ofSeconds(20));
      for (int i = 0; i < cut.size(); i++) {
        replies
            .get(i)
            .complete(
                cut.get(i).commands().stream().<Reply>map(_ -> new Reply.Success("done")).toList());
      }

      assertThat(whileItStandsStill).isEmpty();
      assertThat(world.after(Duration.ofMillis(7900))).isEmpty();
      assertThat(world.after(Duration.ofMillis(100))).containsExactly(new Command.Status());
    }

    @Test
    void tellsTheTextAnewWhereOpenVpnStoodStillForLongerThanAnAnswerIsWaitedFor() {
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));
      world.daemon.fail(
          c ->
              c instanceof Command.ClientKill
                  ? Optional.of(new CommandTimeoutException(Duration.ofSeconds(10)))
                  : Optional.empty());
      world.time.advance(Duration.ofHours(1));
      List<Command> cut = world.daemon.takeCommands();
      world.daemon.fail(_ -> Optional.empty());

      List<Command> told = world.after(Duration.ofSeconds(8));

      assertThat(told).first().isEqualTo(new Command.Status());
      assertThat(told.subList(1, told.size())).isEqualTo(cut).isNotEmpty();
      assertThat(world.after(Duration.ofMillis(7900))).isEmpty();
      assertThat(world.after(Duration.ofMillis(100)))
          .containsExactly(new Command.Status(), new Command.KillCommonName(name(ALICE)));
    }

    @Test
    void isLookedForInOneStatusForAllWhoseDisconnectDoesNotCome() {
      for (long cid = 10; cid < 60; cid++) {
        world.established(cid, "0x" + cid);
      }

      assertThat(world.after(Duration.ofSeconds(8)))
          .filteredOn(Command.Status.class::isInstance)
          .hasSize(1);
    }

    @Test
    void isNeverEnforcedByANameThatAnotherLiveSessionHas() {
      world.daemon.status(row(0, ALICE, "10.88.0.2", START), row(1, ALICE, "10.88.0.3", START));
      world.time.advance(Duration.ofHours(1));
      world.daemon.take();

      assertThat(world.after(Duration.ofSeconds(8)))
          .noneMatch(Command.KillCommonName.class::isInstance)
          .anyMatch(Command.ClientKill.class::isInstance);
    }

    @Test
    void isEnforcedAgainByKeysWhenKillCanNotTakeTheName() {
      world.daemon.status(row(7, ALICE, "10.88.0.9", START).replace(name(ALICE), "did:pkh:1"));
      world.established(7, "did:pkh:1");

      assertThat(world.after(Duration.ofSeconds(8)))
          .startsWith(new Command.Status())
          .anyMatch(Command.ClientKill.class::isInstance);
    }

    @Test
    void isTakenForDoneWhenTheDaemonKnowsTheClientNoMore() {
      world.daemon.answer(
          c ->
              c instanceof Command.ClientKill || c instanceof Command.ClientDeny
                  ? Optional.of(new Reply.Failure("unknown"))
                  : Optional.empty());
      world.daemon.status();
      world.time.advance(Duration.ofHours(1));

      assertThat(world.sessions()).isEmpty();
    }

    @Test
    void reconnectsASessionOnceWhenItsTimeGoesBeyondItsBelt() {
      world.gate.entitlementChanged(
          ALICE.address(),
          new Entitlement(IN_AN_HOUR.plus(Duration.ofHours(1)), Instant.EPOCH),
          false);

      assertThat(world.after(Duration.ofMinutes(60).plusSeconds(49))).isEmpty();
      assertThat(world.after(Duration.ofSeconds(1)))
          .containsExactly(new Command.ClientKill(new ClientId(0), Optional.of("RESTART,[P]")));
    }
  }

  @Nested
  final class Operators {

    @BeforeEach
    void live() {
      world.attach();
      world.live(0, ALICE);
    }

    @Test
    void reconnectsAtItsBeltAlsoASessionExtendedBeforeARestartOfTheGate(@TempDir Path folder) {
      GateWorld before = new GateWorld(folder);
      before.ledger.paid(ALICE.address(), IN_AN_HOUR);
      before.attach();
      before.live(0, ALICE);
      before.time.advance(Duration.ofSeconds(1));

      GateWorld after = new GateWorld(folder);
      after.ledger.paid(ALICE.address(), IN_AN_HOUR.plus(Duration.ofHours(1)));
      after.daemon.status(row(0, ALICE, "10.88.0.2", START));
      after.attach();

      assertThat(after.after(Duration.ofMinutes(60).plusSeconds(49))).isEmpty();
      assertThat(after.after(Duration.ofSeconds(1)))
          .containsExactly(new Command.ClientKill(new ClientId(0), Optional.of("RESTART,[P]")));
    }

    @Test
    void takesAnUnknownBeltForThatOfASessionNeverExtendedBefore(@TempDir Path folder) {
      GateWorld after = new GateWorld(folder);
      after.ledger.paid(ALICE.address(), IN_AN_HOUR);
      after.daemon.status(row(0, ALICE, "10.88.0.2", START));
      after.attach();
      after.gate.entitlementChanged(
          ALICE.address(),
          new Entitlement(IN_AN_HOUR.plus(Duration.ofHours(1)), Instant.EPOCH),
          false);

      assertThat(after.after(Duration.ofMinutes(60).plusSeconds(49))).isEmpty();
      assertThat(after.after(Duration.ofSeconds(1)))
          .containsExactly(new Command.ClientKill(new ClientId(0), Optional.of("RESTART,[P]")));
    }

    @Test
    void killAWalletAndSeeItConfirmed() {
      CompletableFuture<KillResult> result =
          world
              .gate
              .kill(new KillTarget.ByWallet(ALICE.address()), "Please call us")
              .toCompletableFuture();
      world.time.settle();
      assertThat(world.daemon.takeCommands().getFirst())
          .isEqualTo(
              new Command.ClientKill(
                  new ClientId(0), Optional.of("HALT,Please call us [operator]")));
      assertThat(result).isNotDone();

      world.disconnect(0);

      assertThat(result).isCompletedWithValueMatching(r -> r.cut() == 1 && r.confirmed() == 1);
    }

    @Test
    void areToldWhenAKillIsNotConfirmed() {
      world.daemon.status(row(0, ALICE, "10.88.0.2", START));
      CompletableFuture<KillResult> result =
          world
              .gate
              .kill(new KillTarget.ByClient("udp", new ClientId(0)), "x")
              .toCompletableFuture();

      world.time.advance(Duration.ofSeconds(13));

      assertThat(result).isCompletedWithValueMatching(r -> r.cut() == 1 && r.confirmed() == 0);
    }

    @Test
    void meanACustomersOwnSessionAndNobodyElses() {
      CompletableFuture<KillResult> others =
          world
              .gate
              .kill(new KillTarget.ByOwner(BOB.address(), "udp", new ClientId(0)), "x")
              .toCompletableFuture();
      CompletableFuture<KillResult> elsewhere =
          world
              .gate
              .kill(new KillTarget.ByOwner(ALICE.address(), "tcp", new ClientId(0)), "x")
              .toCompletableFuture();
      world.time.settle();
      assertThat(others).isCompletedWithValueMatching(r -> r.cut() == 0 && r.confirmed() == 0);
      assertThat(elsewhere).isCompletedWithValueMatching(r -> r.cut() == 0 && r.confirmed() == 0);

      CompletableFuture<KillResult> own =
          world
              .gate
              .kill(new KillTarget.ByOwner(ALICE.address(), "udp", new ClientId(0)), "x")
              .toCompletableFuture();
      world.time.advance(Duration.ofSeconds(13));

      assertThat(own).isCompletedWithValueMatching(r -> r.cut() == 1 && r.confirmed() == 1);
    }

    @Test
    void areToldWhenNobodyWasMeant() {
      CompletableFuture<KillResult> result =
          world.gate.kill(new KillTarget.ByWallet(BOB.address()), "x").toCompletableFuture();
      world.time.settle();

      assertThat(result).isCompletedWithValueMatching(r -> r.cut() == 0 && r.confirmed() == 0);
    }
  }

  @Test
  void tellsWaitingClientsToComeBackWhenItCloses() {
    world.attach();
    world.ledger.hold();
    world.connect(0, name(ALICE), world.login(ALICE));

    var _ = world.gate.close();
    world.time.settle();

    assertThat(world.daemon.takeCommands())
        .hasSize(1)
        .first()
        .satisfies(c -> assertThat(((Command.ClientDeny) c).reason()).isEqualTo("starting"));
  }

  @Test
  void writesNoClientTextAbove200Bytes() {
    ClientTexts texts =
        new ClientTexts(
            URI.create("https://" + "x".repeat(230) + ".example.org"), new java.util.Random(3));
    for (ReasonCode reason : ReasonCode.values()) {
      assertThat(GateWorld.utf8(texts.text(reason)).length).isLessThanOrEqualTo(200);
      assertThat(texts.text(reason)).endsWith("[" + reason.code() + "]");
    }
    assertThat(GateWorld.utf8(texts.operator("ä".repeat(300))).length).isLessThanOrEqualTo(200);
  }

  private static Command.ClientAuthNt nt(long cid, long kid) {
    return new Command.ClientAuthNt(new ClientId(cid), new KeyId(kid));
  }

  @Test
  void knowsItsReasonCodes() {
    assertThat(List.of(ReasonCode.values()).stream().map(ReasonCode::code))
        .containsExactlyInAnyOrder(
            ("bad_username bad_password nonce_expired nonce_forged nonce_used bad_signature not_approved banned"
                    + " revoked no_time expired session_limit replaced operator rate_limited"
                    + " chain_unavailable starting overloaded clock internal")
                .split(" "));
    assertThat(WalletAddress.parse(name(ALICE))).isEqualTo(ALICE.address());
  }

  @Nested
  final class BannedWallets {

    private final Ban hour =
        new Ban(
            ALICE.address(),
            START,
            Optional.of(START.plus(Duration.ofHours(1))),
            "mail flood",
            "root");

    @BeforeEach
    void paid() {
      world.ledger.paid(ALICE.address(), START.plus(Duration.ofDays(30)));
      world.attach();
    }

    private CompletableFuture<BanResult> result = new CompletableFuture<>();

    private void ban(Ban ban) {
      result = world.gate.ban(ban).toCompletableFuture();
      world.time.settle();
    }

    @Test
    void areToldWithTheirEndAndReasonAndCostNoChainCall() {
      ban(hour);
      int asked = world.ledger.questions();

      List<Command> verdict = world.connect(0, name(ALICE), world.login(ALICE));

      assertThat(denyReason(verdict)).isEqualTo("banned");
      assertThat(denyText(verdict))
          .isEqualTo("This wallet is banned until 2026-11-21 19:00 UTC. mail flood [banned]");
      assertThat(world.ledger.questions()).isEqualTo(asked);
    }

    @Test
    void areToldNobodyWhoHasNotProvedTheWallet() {
      ban(hour);

      assertThat(denyReason(world.connect(0, name(ALICE), "nonsense"))).isEqualTo("bad_password");
      assertThat(denyReason(world.connect(1, name(ALICE), world.login(BOB))))
          .isEqualTo("nonce_forged");
    }

    @Test
    void comeBeforeAnExpiredOrUsedPassword() {
      String old = world.login(ALICE);
      world.time.advance(Duration.ofMinutes(6));
      world.daemon.take();
      ban(hour);

      assertThat(denyReason(world.connect(0, name(ALICE), old))).isEqualTo("banned");
    }

    @Test
    void cutLiveSessionsAtOnceAndSayWhy() {
      world.live(0, ALICE);

      ban(hour);

      assertThat(world.daemon.takeCommands().getFirst())
          .isEqualTo(
              new Command.ClientKill(
                  new ClientId(0),
                  Optional.of(
                      "HALT,This wallet is banned until 2026-11-21 19:00 UTC. mail flood"
                          + " [banned]")));
      assertThat(result).isNotDone();
      world.disconnect(0);
      assertThat(result).isCompletedWithValueMatching(r -> r.kept() && r.ended().confirmed() == 1);
      assertThat(result.join().ended().sessions().getFirst().confirmed()).contains(START);
    }

    @Test
    void meetALoginThatWaitsForTheChain() {
      world.ledger.hold();
      world.connect(0, name(ALICE), world.login(ALICE));
      ban(hour);

      world.ledger.release();
      world.time.settle();

      assertThat(denyReason(world.daemon.takeCommands())).isEqualTo("banned");
    }

    @Test
    void endByThemselves() {
      ban(hour);
      world.time.advance(Duration.ofHours(1));
      world.daemon.take();

      assertThat(world.connect(0, name(ALICE), world.login(ALICE)).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
    }

    @Test
    void endByHandAndOnlyOnce() {
      ban(hour);
      assertThat(world.gate.bans()).containsExactly(hour);

      CompletableFuture<UnbanResult> lifted =
          world.gate.unban(ALICE.address()).toCompletableFuture();
      CompletableFuture<UnbanResult> again =
          world.gate.unban(ALICE.address()).toCompletableFuture();
      world.time.settle();

      assertThat(lifted).isCompletedWithValue(new UnbanResult(Optional.of(hour), true));
      assertThat(again).isCompletedWithValue(new UnbanResult(Optional.empty(), true));
      assertThat(world.connect(0, name(ALICE), world.login(ALICE)).getFirst())
          .isInstanceOf(Command.ClientAuth.class);
    }

    @Test
    void cutASessionThatIsFoundAfterARestart() {
      world.bans.put(hour); // As the file told.
      world.detach();
      world.daemon.status(row(4, ALICE, "10.88.0.2", START));
      world.attach();

      assertThat(world.after(Duration.ofSeconds(2)))
          .contains(
              new Command.ClientKill(
                  new ClientId(4),
                  Optional.of(
                      "HALT,This wallet is banned until 2026-11-21 19:00 UTC. mail flood"
                          + " [banned]")));
    }

    @Test
    void refuseARenegotiationWithTheSameText() {
      String password = world.devicePass(ALICE);
      world.connect(0, name(ALICE), password);
      world.established(0, name(ALICE));
      world.daemon.take();
      world.bans.put(hour); // The gate's own look comes up to a second later.

      assertThat(world.reauth(0, 3, name(ALICE), password))
          .first()
          .isInstanceOfSatisfying(
              Command.ClientKill.class,
              kill -> assertThat(kill.message().orElseThrow()).endsWith("mail flood [banned]"));
    }

    @Test
    void areCountedAmongTheVerdicts() {
      ban(hour);
      world.connect(0, name(ALICE), world.login(ALICE));

      assertThat(world.gate.verdicts()).containsEntry("banned", 1L);
    }
  }
}

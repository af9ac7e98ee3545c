package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.gate.GateWorld.ALICE;
import static org.hourgate.gate.GateWorld.BOB;
import static org.hourgate.gate.GateWorld.denyReason;
import static org.hourgate.gate.GateWorld.name;
import static org.hourgate.gate.GateWorld.pushedToken;
import static org.hourgate.gate.GateWorld.signature;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.WaitingConnection;
import org.hourgate.credential.WalletKey;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.KeyId;
import org.hourgate.management.Notification;
import org.hourgate.management.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client without a signed password, and its customer on the page. */
final class WebSignInTest {

  /** What the test's clients connect from. */
  private static final InetAddress HOME = InetAddress.ofLiteral("10.99.0.2");

  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("198.51.100.1");
  private static final Pattern PAGE =
      Pattern.compile("WEB_AUTH::https://vpn\\.example\\.org:8443/c/([A-Za-z0-9_-]{22})");

  @TempDir private Path folder;
  private GateWorld world;

  @BeforeEach
  void open() {
    world = new GateWorld(folder);
    world.ledger.paid(ALICE.address(), GateWorld.START.plus(Duration.ofHours(1)));
    world.attach();
  }

  @Test
  void sendsTheClientToThePageAndLetsItInOnceItsWalletHasSigned() {
    List<Command> sent = world.connect(0, name(ALICE), "web");

    assertThat(sent).hasSize(1);
    assertThat(((Command.ClientPendingAuth) sent.getFirst()).seconds()).isEqualTo(330);
    WaitingConnection waiting = find(id(sent));
    assertThat(waiting.wallet()).isEqualTo(ALICE.address());
    assertThat(waiting.instance()).isEqualTo("udp");
    assertThat(waiting.address()).isEqualTo("10.99.0.2");

    assertThat(world.after(Duration.ofSeconds(100))).isEmpty();
    assertThat(approve(waiting, ALICE)).isEqualTo(new WebSignInDesk.Admitted());
    assertThat(world.steps.take())
        .containsExactly("epoch udp", "web sign-in APPROVED", "allowed CONNECT");
    assertThat(world.steps.times).containsExactly(Duration.ZERO); // A person's time, not ours.
    List<Command> answer = world.daemon.takeCommands();
    assertThat(answer.getFirst()).isInstanceOf(Command.ClientAuth.class);
    assertThat(pushedToken(answer)).hasSize(64);
    world.established(0, name(ALICE));
    assertThat(world.sessions())
        .singleElement()
        .satisfies(
            session -> {
              assertThat(session.state()).isEqualTo(SessionView.State.ESTABLISHED);
              assertThat(session.kind()).isEqualTo(SessionView.Kind.WEB);
            });
  }

  @Test
  void asksForNoPageAgainWhenKeysAreRenewedOrTheClientComesBack() {
    List<Command> sent = world.connect(0, name(ALICE), "web");
    approve(find(id(sent)), ALICE);
    String token = pushedToken(world.daemon.takeCommands());
    world.established(0, name(ALICE));
    world.daemon.take();

    // A client that keeps no token shows what it began with.
    for (String password : List.of("web", token, token)) {
      assertThat(world.reauth(0, 2, name(ALICE), password).getFirst())
          .isInstanceOf(Command.ClientAuthNt.class);
    }
    world.disconnect(0);
    assertThat(world.connect(1, name(ALICE), token).getFirst())
        .isInstanceOf(Command.ClientAuth.class);
  }

  @Test
  void isNoPasswordInARenegotiationFromAnotherAddressThanItsWalletSignedFor() {
    approve(find(id(world.connect(0, name(ALICE), "web"))), ALICE);
    world.established(0, name(ALICE));
    world.daemon.take();
    Map<String, String> elsewhere = new HashMap<>(GateWorld.environment(name(ALICE), "web"));
    elsewhere.put("untrusted_ip", "198.51.100.1");

    world.notify(
        new Notification.ClientReauth(
            new ClientId(0), new KeyId(3), new ClientEnvironment(elsewhere, false)));

    assertThat(world.daemon.takeCommands())
        .anyMatch(Command.ClientKill.class::isInstance)
        .noneMatch(Command.ClientAuthNt.class::isInstance);
  }

  @Test
  void isNoPasswordInARenegotiationAnyMoreOnceATokenWasShown() {
    String token = admitted(0);
    world.reauth(0, 3, name(ALICE), token);

    assertThat(world.reauth(0, 4, name(ALICE), "web"))
        .noneMatch(Command.ClientAuthNt.class::isInstance);
  }

  @Test
  void isNoPasswordInARenegotiationOfAnotherConnectionOrWallet() {
    admitted(0);
    assertThat(world.reauth(0, 3, name(BOB), "web"))
        .noneMatch(Command.ClientAuthNt.class::isInstance);
    assertThat(world.reauth(7, 2, name(ALICE), "web"))
        .noneMatch(Command.ClientAuthNt.class::isInstance);

    world.ledger.paid(BOB.address(), GateWorld.START.plus(Duration.ofHours(1)));
    world.live(8, BOB);
    assertThat(world.reauth(8, 3, name(BOB), "web"))
        .noneMatch(Command.ClientAuthNt.class::isInstance);
  }

  /** Brings a client of Alice up that signed on the page; returns the token it was given. */
  private String admitted(long cid) {
    approve(find(id(world.connect(cid, name(ALICE), "web"))), ALICE);
    String token = pushedToken(world.daemon.takeCommands());
    world.established(cid, name(ALICE));
    world.daemon.take();
    return token;
  }

  @Test
  void goesOnWaitingAfterAWrongSignature() {
    List<Command> sent = world.connect(0, name(ALICE), "web");
    WaitingConnection waiting = find(id(sent));

    assertThat(approve(waiting, BOB))
        .isInstanceOfSatisfying(
            WebSignInDesk.TurnedAway.class,
            answer -> {
              assertThat(answer.reason()).isEqualTo(ReasonCode.BAD_SIGNATURE);
              assertThat(answer.isFinal()).isFalse();
            });
    assertThat(answer(world.gate.webSignIns().approve(waiting.id(), HOME, world.login(ALICE))))
        .isInstanceOf(WebSignInDesk.TurnedAway.class);
    assertThat(world.daemon.takeCommands()).isEmpty();

    assertThat(approve(waiting, ALICE)).isEqualTo(new WebSignInDesk.Admitted());
  }

  /** The page and the gate may disagree about the time for a while after a jump. */
  @Test
  void blamesTheClockForASignatureOfTheFuture() {
    WaitingConnection waiting = find(id(world.connect(0, name(ALICE), "web")));
    IssuedNonce ahead =
        world.authority.issueApproval(
            waiting, world.time.wallTime().plus(Duration.ofHours(2)), Duration.ofMinutes(5));
    String approval = ahead.passwordPrefix() + signature(ALICE, ahead.message());

    assertThat(answer(world.gate.webSignIns().approve(waiting.id(), HOME, approval)))
        .isInstanceOfSatisfying(
            WebSignInDesk.TurnedAway.class,
            answer -> {
              assertThat(answer.reason()).isEqualTo(ReasonCode.CLOCK);
              assertThat(answer.isFinal()).isFalse();
            });
    assertThat(world.daemon.takeCommands()).isEmpty();
  }

  @Test
  void aSignatureForOneConnectionLetsNoOtherIn() {
    WaitingConnection first = find(id(world.connect(0, name(ALICE), "web")));
    WaitingConnection second = find(id(world.connect(1, name(ALICE), "web")));
    String approval = approval(first, ALICE);

    assertThat(answer(world.gate.webSignIns().approve(second.id(), HOME, approval)))
        .isInstanceOfSatisfying(
            WebSignInDesk.TurnedAway.class,
            answer -> assertThat(answer.reason()).isEqualTo(ReasonCode.NONCE_FORGED));
    assertThat(world.daemon.takeCommands()).isEmpty();
  }

  @Test
  void tellsNothingToWhoeverOpensTheLinkElsewhere() {
    WaitingConnection waiting = find(id(world.connect(0, name(ALICE), "web")));
    WebSignInDesk desk = world.gate.webSignIns();

    assertThat(answer(desk.find(waiting.id(), ELSEWHERE))).isEqualTo(new WebSignInDesk.Elsewhere());
    assertThat(answer(desk.approve(waiting.id(), ELSEWHERE, approval(waiting, ALICE))))
        .isEqualTo(new WebSignInDesk.Elsewhere());
    assertThat(answer(desk.refuse(waiting.id(), ELSEWHERE)))
        .isEqualTo(new WebSignInDesk.Elsewhere());
    assertThat(world.daemon.takeCommands()).isEmpty();
  }

  @Test
  void letsSignElsewhereWhereThatIsConfigured() {
    GateWorld open = worldWith(GateConfig.WebSignIn.ANYWHERE);
    List<Command> sent = open.connect(0, name(ALICE), "web");

    CompletionStage<WebSignInDesk.Found> found = open.gate.webSignIns().find(id(sent), ELSEWHERE);
    open.time.settle();

    assertThat(found.toCompletableFuture().join()).isInstanceOf(WebSignInDesk.Waiting.class);
  }

  @Test
  void tellsNothingElsewhereWhenItIsSwitchedOffWhileSomebodyWaits() {
    WaitingConnection waiting = find(id(world.connect(0, name(ALICE), "web")));
    world.gate.reconfigure(config(GateConfig.WebSignIn.OFF));
    WebSignInDesk desk = world.gate.webSignIns();

    assertThat(answer(desk.find(waiting.id(), ELSEWHERE))).isEqualTo(new WebSignInDesk.Elsewhere());
    assertThat(answer(desk.approve(waiting.id(), ELSEWHERE, approval(waiting, ALICE))))
        .isEqualTo(new WebSignInDesk.Elsewhere());
    assertThat(approve(waiting, ALICE)).isEqualTo(new WebSignInDesk.Admitted());
  }

  @Test
  void letsNobodyInByAClockThatIsInDoubtSinceTheClientWaits() {
    WaitingConnection waiting = find(id(world.connect(0, name(ALICE), "web")));
    String approval = approval(waiting, ALICE);
    world.time.jump(Duration.ofHours(-2));

    assertThat(answer(world.gate.webSignIns().approve(waiting.id(), HOME, approval)))
        .isInstanceOfSatisfying(
            WebSignInDesk.TurnedAway.class,
            answer -> assertThat(answer.reason()).isEqualTo(ReasonCode.CLOCK));
  }

  @Test
  void isNoPasswordWhereItIsOff() {
    GateWorld closed = worldWith(GateConfig.WebSignIn.OFF);

    assertThat(denyReason(closed.connect(0, name(ALICE), "web"))).isEqualTo("bad_password");
  }

  @Test
  void isNoPasswordWhereOpenVpnCanSendNobodyToAPage() {
    world.daemon.answer(
        command ->
            command instanceof Command.ClientPendingAuth
                ? Optional.of(new Reply.Failure("no script waits for this"))
                : Optional.empty());

    List<Command> sent = world.connect(0, name(ALICE), "web");

    assertThat(sent.getLast())
        .isInstanceOfSatisfying(
            Command.ClientDeny.class, deny -> assertThat(deny.reason()).isEqualTo("bad_password"));
  }

  @Test
  void tellsTheClientAndThePageWhyAWalletMayNotComeIn() {
    WaitingConnection waiting = find(id(world.connect(0, name(BOB), "web")));

    assertThat(approve(waiting, BOB))
        .isInstanceOfSatisfying(
            WebSignInDesk.TurnedAway.class,
            answer -> {
              assertThat(answer.reason()).isEqualTo(ReasonCode.NO_TIME);
              assertThat(answer.isFinal()).isTrue();
            });
    assertThat(denyReason(world.daemon.takeCommands())).isEqualTo("no_time");
  }

  @Test
  void turnsTheClientAwayWhenThePageSaysNo() {
    WaitingConnection waiting = find(id(world.connect(0, name(ALICE), "web")));

    assertThat(answer(world.gate.webSignIns().refuse(waiting.id(), HOME)))
        .isInstanceOf(WebSignInDesk.TurnedAway.class);

    assertThat(denyReason(world.daemon.takeCommands())).isEqualTo("not_approved");
    assertThat(approve(waiting, ALICE)).isEqualTo(new WebSignInDesk.Gone());
  }

  @Test
  void turnsTheClientAwayWhenNobodySigns() {
    WaitingConnection waiting = find(id(world.connect(0, name(ALICE), "web")));

    assertThat(denyReason(world.after(Duration.ofMinutes(5)))).isEqualTo("not_approved");
    assertThat(world.steps.take())
        .containsExactly("epoch udp", "web sign-in TIMEOUT", "denied CONNECT not_approved");
    assertThat(world.steps.times).containsExactly(Duration.ZERO); // A person's time, not ours.
    assertThat(approve(waiting, ALICE)).isEqualTo(new WebSignInDesk.Gone());
    assertThat(world.daemon.takeCommands()).isEmpty();
  }

  @Test
  void letsInWhoSignedInTheLastSecondAlsoWhenTheChainTakesItsTime() {
    WaitingConnection waiting = find(id(world.connect(0, name(ALICE), "web")));
    world.ledger.hold();
    assertThat(world.after(Duration.ofSeconds(299))).isEmpty();

    CompletionStage<WebSignInDesk.Answer> answer =
        world.gate.webSignIns().approve(waiting.id(), HOME, approval(waiting, ALICE));
    assertThat(world.after(Duration.ofSeconds(5))).isEmpty();
    world.ledger.release();

    assertThat(answer(answer)).isEqualTo(new WebSignInDesk.Admitted());
    assertThat(world.daemon.takeCommands().getFirst()).isInstanceOf(Command.ClientAuth.class);
  }

  @Test
  void saysThatItIsTheChainWhenThatDoesNotAnswerForOneWhoSigned() {
    WaitingConnection waiting = find(id(world.connect(0, name(ALICE), "web")));
    world.ledger.hold();

    CompletionStage<WebSignInDesk.Answer> answer =
        world.gate.webSignIns().approve(waiting.id(), HOME, approval(waiting, ALICE));

    assertThat(world.after(Duration.ofMillis(9_900))).isEmpty();
    assertThat(denyReason(world.after(Duration.ofMillis(100)))).isEqualTo("chain_unavailable");
    assertThat(answer(answer))
        .isInstanceOfSatisfying(
            WebSignInDesk.TurnedAway.class,
            a -> assertThat(a.reason()).isEqualTo(ReasonCode.CHAIN_UNAVAILABLE));
    assertThat(world.steps.take())
        .containsExactly("epoch udp", "web sign-in APPROVED", "denied CONNECT chain_unavailable");
  }

  @Test
  void knowsWhenTheClientHasGoneAndWhenItWasAnsweredAlready() {
    WaitingConnection first = find(id(world.connect(0, name(ALICE), "web")));
    world.disconnect(0);
    assertThat(approve(first, ALICE)).isEqualTo(new WebSignInDesk.Gone());

    WaitingConnection second = find(id(world.connect(1, name(ALICE), "web")));
    approve(second, ALICE);
    assertThat(approve(second, ALICE)).isEqualTo(new WebSignInDesk.Gone());
    world.daemon.take();

    WaitingConnection third = find(id(world.connect(2, name(ALICE), "web")));
    world.detach();
    assertThat(approve(third, ALICE)).isEqualTo(new WebSignInDesk.Gone());
    assertThat(world.daemon.takeCommands())
        .filteredOn(Command.ClientDeny.class::isInstance)
        .isEmpty();
  }

  @Test
  void givesThePlaceOfWhomNobodyLookedAtToANewcomerAndSaysSoToItsClient() {
    for (int cid = 0; cid < 5; cid++) {
      id(world.connect(cid, name(ALICE), "web"));
    }
    List<Command> sent = world.connect(5, name(ALICE), "web");

    assertThat(denyReason(sent.subList(0, 1))).isEqualTo("overloaded");
    assertThat(((Command.ClientDeny) sent.getFirst()).client()).isEqualTo(new ClientId(0));
    assertThat(GateWorld.denyText(sent)).startsWith("TEMP[backoff ");
    assertThat(id(sent.subList(1, 2))).isNotEmpty();
    assertThat(world.steps.take()).contains("web sign-in CROWDED_OUT");
  }

  @Test
  void waitsForAsLongAsIsConfigured() {
    GateWorld brief =
        worldWith(
            new GateConfig(
                URI.create("https://vpn.example.org:8443"),
                1,
                GateConfig.WhenFull.NEWEST_WINS,
                Optional.empty(),
                GateConfig.WebSignIn.SAME_ADDRESS,
                Duration.ofSeconds(20)));
    List<Command> sent = brief.connect(0, name(ALICE), "web");

    assertThat(((Command.ClientPendingAuth) sent.getFirst()).seconds()).isEqualTo(50);
    assertThat(brief.after(Duration.ofSeconds(19))).isEmpty();
    assertThat(denyReason(brief.after(Duration.ofSeconds(1)))).isEqualTo("not_approved");
  }

  @Test
  void letsFewWaitFromOneAddressAndForgetsThoseWhoLeft() {
    List<WaitingConnection> waiting = new ArrayList<>();
    for (int cid = 0; cid < 5; cid++) {
      waiting.add(find(id(world.connect(cid, name(ALICE), "web"))));
    }
    assertThat(denyReason(world.connect(5, name(ALICE), "web"))).isEqualTo("overloaded");

    world.disconnect(0);
    assertThat(id(world.connect(6, name(ALICE), "web"))).isNotEqualTo(waiting.getFirst().id());
  }

  @Test
  void aRevocationEndsWhatDescendsFromASignatureOnThePage() {
    approve(find(id(world.connect(0, name(ALICE), "web"))), ALICE);
    String token = pushedToken(world.daemon.takeCommands());
    world.disconnect(0);
    world.ledger.entitle(
        ALICE.address(),
        new Entitlement(GateWorld.START.plus(Duration.ofHours(1)), world.time.wallTime()));

    assertThat(denyReason(world.connect(1, name(ALICE), token))).isEqualTo("revoked");
  }

  private GateWorld worldWith(GateConfig.WebSignIn webSignIn) {
    return worldWith(config(webSignIn));
  }

  private GateWorld worldWith(GateConfig config) {
    GateWorld other = new GateWorld(folder, config);
    other.ledger.paid(ALICE.address(), GateWorld.START.plus(Duration.ofHours(1)));
    other.attach();
    return other;
  }

  private static GateConfig config(GateConfig.WebSignIn webSignIn) {
    return new GateConfig(
        URI.create("https://vpn.example.org:8443"),
        1,
        GateConfig.WhenFull.NEWEST_WINS,
        Optional.empty(),
        webSignIn);
  }

  private static String id(List<Command> commands) {
    Matcher page = PAGE.matcher(((Command.ClientPendingAuth) commands.getFirst()).extra());
    assertThat(page.matches()).isTrue();
    return page.group(1);
  }

  private WaitingConnection find(String id) {
    return ((WebSignInDesk.Waiting) answer(world.gate.webSignIns().find(id, HOME))).connection();
  }

  private String approval(WaitingConnection connection, WalletKey wallet) {
    IssuedNonce nonce =
        world.authority.issueApproval(connection, world.time.wallTime(), Duration.ofMinutes(5));
    return nonce.passwordPrefix() + signature(wallet, nonce.message());
  }

  private WebSignInDesk.Answer approve(WaitingConnection connection, WalletKey wallet) {
    return answer(
        world.gate.webSignIns().approve(connection.id(), HOME, approval(connection, wallet)));
  }

  private <T> T answer(CompletionStage<T> stage) {
    world.time.settle();
    return stage.toCompletableFuture().join();
  }
}

package org.hourgate.interleavings;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.WalletKey;
import org.hourgate.fuzz.BareGate;

/** What happens at the same time. */
final class Stories {

  private static final WalletKey ALICE = WalletKey.parse("11".repeat(32));
  private static final WalletKey BOB = WalletKey.parse("22".repeat(32));
  private static final String A = ALICE.address().checksummed();
  private static final String B = BOB.address().checksummed();
  private static final Instant LATER = World.NOW.plusSeconds(3_600);

  private final Path folder;
  private final CredentialAuthority authority;
  private final String pass;
  private final String otherPass;
  private final String bobsPass;
  private final String wrong;

  Stories(Path folder) {
    this.folder = folder;
    authority = BareGate.authority(folder, "ab".repeat(32), BareGate.IDENTITY, 1);
    pass = pass(ALICE, ALICE);
    otherPass = pass(ALICE, ALICE);
    bobsPass = pass(BOB, BOB);
    wrong = pass(ALICE, BOB);
  }

  private String pass(WalletKey wallet, WalletKey signer) {
    IssuedNonce nonce =
        authority.issue(wallet.address(), CredentialKind.DEVICE, World.NOW, Duration.ofDays(1));
    return nonce.passwordPrefix()
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(signer.signPersonal(nonce.message()));
  }

  /** A gate that is attached; Alice and Bob have paid. */
  private World world() {
    World world = new World(folder, authority);
    world.chain().paid(ALICE.address(), LATER, Instant.EPOCH);
    world.chain().paid(BOB.address(), LATER, Instant.EPOCH);
    world.isNoStranger(A);
    return world;
  }

  private World live() {
    World world = world();
    world.openVpn().connect(0, A, pass);
    world.settle();
    world.require(world.openVpn().all().getFirst().up, "not up");
    return world;
  }

  private static Runnable seconds(World world, long seconds) {
    return () -> world.pass(Duration.ofSeconds(seconds));
  }

  /** Somebody else's life under the same numbers, and a password that is wrong. */
  private static Object[] restartAndThen(World world) {
    return new Object[] {"soft restart", (Runnable) () -> world.openVpn().softRestart()};
  }

  void verdictDeadlineAndDisconnect(Explorer.Choices choices) {
    World world = world();
    world.happens(
        "connect", (Runnable) () -> world.openVpn().connect(0, A, pass),
        "disconnect", (Runnable) () -> world.openVpn().disconnect(0));
    world.happens("ten seconds", seconds(world, 10));
    world.run(choices);
    world.judgeTheEnd(A);
  }

  void verdictAndDeadline(Explorer.Choices choices) {
    World world = world();
    world.happens("connect", (Runnable) () -> world.openVpn().connect(0, A, pass));
    world.happens("nine seconds", seconds(world, 9), "two more", seconds(world, 2));
    world.run(choices);
    world.judgeTheEnd(A);
  }

  void verdictAndSoftRestart(Explorer.Choices choices) {
    World world = world();
    world.happensAfterRelease(
        "a stranger connects",
        () -> world.openVpn().connect(0, B, wrong),
        "connect",
        (Runnable) () -> world.openVpn().connect(0, A, pass),
        restartAndThen(world)[0],
        restartAndThen(world)[1]);
    world.run(choices);
    world.judgeTheEnd(A);
  }

  void renewalAndSoftRestart(Explorer.Choices choices) {
    World world = live();
    world.happensAfterRelease(
        "a stranger connects",
        () -> world.openVpn().connect(0, B, wrong),
        "renegotiate",
        (Runnable) () -> world.openVpn().renegotiate(0, 3, otherPass),
        restartAndThen(world)[0],
        restartAndThen(world)[1]);
    world.run(choices);
    world.judgeTheEnd(A);
  }

  void verdictAndBan(Explorer.Choices choices) {
    World world = world();
    world.happens("connect", (Runnable) () -> world.openVpn().connect(0, A, pass));
    world.happens("ban", (Runnable) () -> world.ban(A));
    world.run(choices);
    world.judgeTheEnd();
  }

  void verdictAndRevokedDevice(Explorer.Choices choices) {
    World world = world();
    world.happens("connect", (Runnable) () -> world.openVpn().connect(0, A, pass));
    world.happens(
        "revoke",
        (Runnable)
            () -> {
              Credential shown = PasswordDecoder.decode(pass).orElseThrow();
              var _ = world.gate().revoke(ALICE.address(), shown.deviceId());
            });
    world.run(choices);
    world.judgeTheEnd();
  }

  void verdictAndFallOfTime(Explorer.Choices choices) {
    World world = world();
    world.happens("connect", (Runnable) () -> world.openVpn().connect(0, A, pass));
    world.happens(
        "refund", (Runnable) () -> world.chain().change(ALICE.address(), World.NOW, Instant.EPOCH));
    world.run(choices);
    world.judgeTheEnd();
  }

  void verdictAndRevocationOnTheChain(Explorer.Choices choices) {
    World world = world();
    world.happens("connect", (Runnable) () -> world.openVpn().connect(0, A, pass));
    world.happens(
        "revokeCredentials",
        (Runnable) () -> world.chain().change(ALICE.address(), LATER, World.NOW.plusSeconds(1)));
    world.run(choices);
    world.judgeTheEnd();
  }

  void renewalAndBan(Explorer.Choices choices) {
    World world = live();
    world.happens("renegotiate", (Runnable) () -> world.openVpn().renegotiate(0, 3, otherPass));
    world.happens("ban", (Runnable) () -> world.ban(A));
    world.run(choices);
    world.judgeTheEnd();
  }

  void renewalAndEndOfTime(Explorer.Choices choices) {
    World world = live();
    world.chain().change(ALICE.address(), World.NOW.plusSeconds(5), Instant.EPOCH);
    world.settle();
    world.happens("renegotiate", (Runnable) () -> world.openVpn().renegotiate(0, 3, otherPass));
    world.happens("five seconds", seconds(world, 5));
    world.run(choices);
    world.judgeTheEnd();
  }

  void renewalAndDeadline(Explorer.Choices choices) {
    World world = live();
    world.happens("renegotiate", (Runnable) () -> world.openVpn().renegotiate(0, 3, otherPass));
    world.happens("nine seconds", seconds(world, 9), "two more", seconds(world, 2));
    world.run(choices);
    world.judgeTheEnd(A);
  }

  void renewalAndDisconnect(Explorer.Choices choices) {
    World world = live();
    world.happens(
        "renegotiate", (Runnable) () -> world.openVpn().renegotiate(0, 3, otherPass),
        "disconnect", (Runnable) () -> world.openVpn().disconnect(0));
    world.happens("ban", (Runnable) () -> world.ban(A));
    world.run(choices);
    world.judgeTheEnd();
  }

  void twoDevicesOfOneWallet(Explorer.Choices choices) {
    World world = world();
    world.happens("connect", (Runnable) () -> world.openVpn().connect(0, A, pass));
    world.happens("the other connects", (Runnable) () -> world.openVpn().connect(1, A, otherPass));
    world.run(choices);
    world.judgeTheEnd(A);
    long passing = world.openVpn().all().stream().filter(SmallOpenVpn.Client::passesData).count();
    world.require(passing <= 1, "both pass data");
  }

  void everythingAtOnce(Explorer.Choices choices) {
    World world = live();
    world.isNoStranger(B);
    world.happensAfterRelease(
        "Alice again",
        () -> world.openVpn().connect(2, A, otherPass),
        "renegotiate",
        (Runnable) () -> world.openVpn().renegotiate(0, 3, otherPass),
        "renegotiate again",
        (Runnable) () -> world.openVpn().renegotiate(0, 4, pass),
        "restart",
        (Runnable) () -> world.openVpn().softRestart());
    world.happensAfterRelease(
        "a stranger",
        () -> world.openVpn().connect(3, A, wrong),
        "Bob",
        (Runnable) () -> world.openVpn().connect(1, B, bobsPass));
    world.happens("ban", (Runnable) () -> world.ban(B));
    world.happens(
        "more time",
        (Runnable) () -> world.chain().change(ALICE.address(), LATER.plusSeconds(9), Instant.EPOCH),
        "less time",
        (Runnable) () -> world.chain().change(ALICE.address(), World.NOW, Instant.EPOCH));
    world.happens("four seconds", seconds(world, 4), "seven more", seconds(world, 7));
    world.run(choices);
    world.judgeTheEnd();
  }

  /** A story and its name. */
  record Named(String name, Explorer.Story story) {}

  List<Named> small() {
    return List.of(
        new Named("verdict, deadline, disconnect", this::verdictDeadlineAndDisconnect),
        new Named("verdict, deadline", this::verdictAndDeadline),
        new Named("verdict, soft restart, a stranger", this::verdictAndSoftRestart),
        new Named("renewal, soft restart, a stranger", this::renewalAndSoftRestart),
        new Named("verdict, ban", this::verdictAndBan),
        new Named("verdict, revoked device", this::verdictAndRevokedDevice),
        new Named("verdict, refund", this::verdictAndFallOfTime),
        new Named("verdict, revocation on the chain", this::verdictAndRevocationOnTheChain),
        new Named("renewal, ban", this::renewalAndBan),
        new Named("renewal, end of time", this::renewalAndEndOfTime),
        new Named("renewal, deadline", this::renewalAndDeadline),
        new Named("renewal, disconnect, ban", this::renewalAndDisconnect),
        new Named("two devices of one wallet", this::twoDevicesOfOneWallet));
  }
}

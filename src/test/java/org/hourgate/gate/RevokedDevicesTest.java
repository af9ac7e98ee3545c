package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hourgate.gate.GateWorld.ALICE;
import static org.hourgate.gate.GateWorld.BOB;
import static org.hourgate.gate.GateWorld.denyReason;
import static org.hourgate.gate.GateWorld.name;
import static org.hourgate.gate.GateWorld.pushedToken;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.hourgate.credential.Credential;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.infrastructure.files.CheckedFile;
import org.hourgate.infrastructure.files.CheckedLines;
import org.hourgate.management.Command;
import org.hourgate.management.CommandTimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One profile is revoked, and only that one. */
final class RevokedDevicesTest {

  @TempDir private Path folder;
  private GateWorld world;
  private String lost;
  private String other;

  @BeforeEach
  void open() {
    world = new GateWorld(folder);
    world.ledger.paid(ALICE.address(), GateWorld.START.plus(Duration.ofHours(1)));
    world.attach();
    lost = world.devicePass(ALICE);
    other = world.devicePass(ALICE);
  }

  @Test
  void cutsItsSessionAndLetsNeitherItNorItsTokenInAgain() {
    String token = pushedToken(world.connect(0, name(ALICE), lost));
    world.established(0, name(ALICE));
    world.daemon.take();

    assertThat(revoke(lost)).isTrue();

    assertThat(world.daemon.takeCommands()).hasAtLeastOneElementOfType(Command.ClientKill.class);
    world.disconnect(0);
    assertThat(denyReason(world.connect(1, name(ALICE), lost))).isEqualTo("revoked");
    assertThat(denyReason(world.connect(2, name(ALICE), token))).isEqualTo("revoked");
    assertThat(world.connect(3, name(ALICE), other).getFirst())
        .isInstanceOf(Command.ClientAuth.class);
  }

  @Test
  void cutsASessionThatShowsItInARenegotiation() {
    world.connect(0, name(ALICE), other);
    world.established(0, name(ALICE));
    world.daemon.take();
    revoke(lost);

    assertThat(world.reauth(0, 2, name(ALICE), lost))
        .hasAtLeastOneElementOfType(Command.ClientKill.class);
  }

  /** Another gate on the same state folder finds the session up. */
  private List<Command> restart() {
    GateWorld next = new GateWorld(folder);
    next.ledger.paid(ALICE.address(), GateWorld.START.plus(Duration.ofHours(1)));
    next.daemon.status(GateWorld.row(0, ALICE, "10.88.0.2", GateWorld.START));
    world = next;
    return next.attach();
  }

  private void connectAndBeWrittenDown() {
    world.connect(0, name(ALICE), lost);
    world.established(0, name(ALICE));
    world.after(Duration.ofSeconds(1));
  }

  @Test
  void cutsItsSessionThatWasFoundAfterARestart() {
    connectAndBeWrittenDown();
    assertThat(restart()).noneMatch(Command.ClientKill.class::isInstance);
    assertThat(world.sessions().getFirst().device()).contains(device(lost));
    assertThat(world.sessions().getFirst().kind()).isEqualTo(SessionView.Kind.DEVICE);

    revoke(other);
    assertThat(world.after(Duration.ofSeconds(1))).noneMatch(Command.ClientKill.class::isInstance);
    revoke(lost);

    assertThat(world.daemon.takeCommands()).anyMatch(RevokedDevicesTest::isCut);
  }

  @Test
  void cutsWhatAGateLeftBehindThatDiedBeforeItsCut() {
    connectAndBeWrittenDown();
    world.detach();
    revoke(lost);

    restart();

    assertThat(world.after(Duration.ofSeconds(1))).anyMatch(RevokedDevicesTest::isCut);
  }

  @Test
  void makesAClientComeBackOnceWhoseDeviceNobodyWroteDown() {
    restart();
    revoke(lost);
    assertThat(world.daemon.takeCommands())
        .filteredOn(Command.ClientKill.class::isInstance)
        .singleElement()
        .satisfies(
            kill -> assertThat(((Command.ClientKill) kill).message()).contains("RESTART,[P]"));

    revoke(other);
    assertThat(world.after(Duration.ofSeconds(2))).noneMatch(Command.ClientKill.class::isInstance);
  }

  @Test
  void soDoesTheOneOfAWalletThatRevokedAllItsPasswordsOnTheChain() {
    restart();
    world.gate.entitlementChanged(
        ALICE.address(),
        new Entitlement(GateWorld.START.plus(Duration.ofHours(1)), GateWorld.START.minusSeconds(1)),
        false);

    assertThat(world.after(Duration.ofSeconds(3)))
        .filteredOn(Command.ClientKill.class::isInstance)
        .singleElement()
        .satisfies(
            kill -> assertThat(((Command.ClientKill) kill).message()).contains("RESTART,[P]"));
  }

  @Test
  void makesThatClientComeBackLaterWhereOpenVpnStoodStill() {
    restart();
    world.daemon.fail(
        c ->
            c instanceof Command.ClientKill
                ? Optional.of(new CommandTimeoutException(Duration.ofSeconds(10)))
                : Optional.empty());
    revoke(lost);
    world.daemon.fail(_ -> Optional.empty());
    world.daemon.take();

    assertThat(world.after(Duration.ofSeconds(3)))
        .filteredOn(Command.ClientKill.class::isInstance)
        .hasSize(1);
  }

  /** By the clock of the machine the password is of a time to come; by the chain's it is not. */
  @Test
  void aGateThatIsStartedWithItsClockSetBackRevokesNothingThatIsNewer() {
    Instant now = GateWorld.START.plus(Duration.ofHours(2));
    Entitlement revokedBefore =
        new Entitlement(now.plus(Duration.ofHours(1)), now.minus(Duration.ofHours(1)));
    world.ledger.entitle(ALICE.address(), revokedBefore);
    world.after(Duration.ofHours(2));
    world.connect(0, name(ALICE), world.devicePass(ALICE));
    world.established(0, name(ALICE));
    world.after(Duration.ofSeconds(1));

    world = new GateWorld(folder);
    world.ledger.entitle(ALICE.address(), revokedBefore);
    world.ledger.status(new ChainStatus(true, List.of(), now, true));
    world.daemon.status(GateWorld.row(0, ALICE, "10.88.0.2", now));
    List<Command> sent = new ArrayList<>(world.attach());
    sent.addAll(world.after(Duration.ofSeconds(10)));

    assertThat(sent).noneMatch(RevokedDevicesTest::isCut);
    assertThat(world.sessions()).hasSize(1);
  }

  private static boolean isCut(Command command) {
    return command instanceof Command.ClientKill kill
        && kill.message().filter(text -> text.startsWith("HALT,")).isPresent();
  }

  @Test
  void isNotBelievedWhereAWalletIsNoneThoughTheChecksumsAreRight() throws Exception {
    Path file = folder.resolve("others");
    Files.writeString(
        file,
        CheckedLines.line("hourgate-revoked-devices-1 1")
            + CheckedLines.line("1795309140 0xNobody 0123456789abcdef"));

    assertThatThrownBy(() -> RevokedDevices.open(file, Runnable::run))
        .isInstanceOf(UnreadableStateException.class);
  }

  @Test
  void isOfItsWalletAlone() {
    world.ledger.paid(BOB.address(), GateWorld.START.plus(Duration.ofHours(1)));
    CompletionStage<Boolean> revoked = world.gate.revoke(BOB.address(), device(lost));
    world.time.settle();
    assertThat(revoked).isCompletedWithValue(true);

    assertThat(world.connect(0, name(ALICE), lost).getFirst())
        .isInstanceOf(Command.ClientAuth.class);
  }

  @Test
  void isKeptOverARestartUntilNothingOfItCanBeGood() {
    revoke(lost);
    RevokedDevices again = reopened();
    assertThat(again.contains(ALICE.address(), device(lost))).isTrue();
    assertThat(again.contains(ALICE.address(), device(other))).isFalse();

    again.forgetOver(GateWorld.START.plus(Credential.MAX_LIFETIME).minusSeconds(1));
    assertThat(again.contains(ALICE.address(), device(lost))).isTrue();
    again.forgetOver(GateWorld.START.plus(Credential.MAX_LIFETIME));
    assertThat(again.contains(ALICE.address(), device(lost))).isFalse();
    assertThat(reopened().contains(ALICE.address(), device(lost))).isFalse();
  }

  @Test
  void boundsWhatOneWalletCanMakeUsKeep() {
    for (int i = 0; i < 100; i++) {
      assertThat(revoke(world.devicePass(ALICE))).isTrue();
    }
    assertThat(revoke(lost)).isFalse();
    assertThat(world.gate.isRevoked(ALICE.address(), device(lost))).isFalse();
  }

  @Test
  void boundsWhatAllWalletsTogetherCanMakeUsKeep() {
    List<String> lines =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "%d 0x%040x %016x".formatted(GateWorld.START.getEpochSecond(), i, i))
            .toList();
    new CheckedFile(folder.resolve("revoked-devices"), "hourgate-revoked-devices-1", Runnable::run)
        .replace(lines);

    assertThat(reopened().add(ALICE.address(), device(lost), GateWorld.START)).isEmpty();
  }

  @Test
  void stopsTheStartWhenItsFileIsDamaged() throws Exception {
    revoke(lost);
    Path file = folder.resolve("revoked-devices");
    Files.writeString(file, Files.readString(file).replaceFirst("[0-9a-f]{16}", "0".repeat(16)));

    assertThatThrownBy(this::reopened)
        .isInstanceOf(UnreadableStateException.class)
        .hasMessageContaining(file.toString());
  }

  private RevokedDevices reopened() {
    return RevokedDevices.open(folder.resolve("revoked-devices"), Runnable::run);
  }

  private boolean revoke(String password) {
    CompletionStage<Boolean> revoked = world.gate.revoke(ALICE.address(), device(password));
    world.time.settle();
    return revoked.toCompletableFuture().join();
  }

  private static DeviceId device(String password) {
    return PasswordDecoder.decode(password).orElseThrow().deviceId();
  }
}

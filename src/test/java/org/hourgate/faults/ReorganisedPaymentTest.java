package org.hourgate.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.faults.FaultWorld.ACCEPTED;
import static org.hourgate.faults.FaultWorld.HOUR;
import static org.hourgate.faults.FaultWorld.PATIENCE;
import static org.hourgate.faults.FaultWorld.newWallet;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.fake.FakeVpnClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that counted are gone, with what was in them. */
@Execution(CONCURRENT)
final class ReorganisedPaymentTest {

  /** The gate's 60 s, but for what the test itself takes. */
  private static final Duration WITHIN_PATIENCE = Duration.ofSeconds(40);

  private static final Duration AFTER_PATIENCE = Duration.ofSeconds(61);

  @TempDir private Path folder;
  private FaultWorld world;

  @BeforeEach
  void start() {
    world = new FaultWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20})
  void aPurchaseThatIsGoneEndsItsSessionAfterAMinute(int depth) {
    WalletKey buyer = world.paidWallet();
    FakeVpnClient live = world.live(buyer);
    world.bury(depth - 1);

    world.reorganise(depth);

    awaitEndNoLaterThan(buyer, world.time.wallTime().plus(AFTER_PATIENCE));
    assertThat(world.verdict(newWallet())).isEqualTo("no_time");
    world.time.leap(WITHIN_PATIENCE);
    assertThat(live.passesTraffic()).isTrue();
    assertThat(world.reauthenticates(live)).isTrue();
    world.time.leap(AFTER_PATIENCE);
    assertThat(FaultWorld.cut(live)).isEqualTo("expired");
    assertThat(world.verdict(buyer)).isEqualTo("no_time");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20})
  void aPurchaseThatIsGoneLetsNobodyIn(int depth) {
    WalletKey buyer = world.paidWallet();
    world.visit(buyer);
    world.bury(depth - 1);

    world.reorganise(depth);

    world.awaitFollowed();
    awaitReorganisationSeen();
    assertThat(world.verdict(buyer)).isEqualTo("no_time");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20})
  void aPurchaseThatIsIncludedAgainIsNotNoticed(int depth) {
    WalletKey buyer = newWallet();
    byte[] purchase = world.signed(world.grant(buyer, HOUR));
    FakeVpnClient live = world.live(buyer);
    world.bury(depth - 1);

    world.reorganise(depth, purchase);

    awaitReorganisationSeen();
    await()
        .atMost(PATIENCE)
        .until(() -> world.sessionOf(buyer).until().orElseThrow(), world.paidUntil(buyer)::equals);
    world.time.leap(AFTER_PATIENCE.multipliedBy(2));
    assertThat(live.passesTraffic()).isTrue();
    assertThat(world.reauthenticates(live)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20})
  void aPurchaseThatIsIncludedAgainLaterIsNotNoticed(int depth) {
    WalletKey buyer = world.paidWallet();
    FakeVpnClient live = world.live(buyer);
    world.bury(depth - 1);

    world.reorganise(depth);
    awaitEndNoLaterThan(buyer, world.time.wallTime().plus(AFTER_PATIENCE));
    world.time.leap(WITHIN_PATIENCE);
    world.grant(buyer, HOUR);

    await()
        .atMost(PATIENCE)
        .until(() -> world.sessionOf(buyer).until().orElseThrow(), world.paidUntil(buyer)::equals);
    world.time.leap(AFTER_PATIENCE);
    assertThat(live.passesTraffic()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20})
  void aTopUpThatIsGoneMovesTheEndBackToWhatIsPaid(int depth) {
    WalletKey buyer = world.paidWallet();
    Instant before = world.paidUntil(buyer);
    FakeVpnClient live = world.live(buyer);
    world.grant(buyer, Duration.ofSeconds(30));
    world.bury(depth - 1);
    await()
        .atMost(PATIENCE)
        .until(() -> world.sessionOf(buyer).until().orElseThrow().isAfter(before));

    world.reorganise(depth);

    awaitReorganisationSeen();
    await()
        .atMost(PATIENCE)
        .until(() -> world.sessionOf(buyer).until().orElseThrow(), before::equals);
    world.assertEndsAt(live, before);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20})
  void aRevocationThatIsGoneRefusesNobody(int depth) {
    WalletKey buyer = world.paidWallet();
    String password = world.devicePass(buyer);
    FakeVpnClient live = world.connect(buyer, password);
    assertThat(world.verdict(live)).isEqualTo(ACCEPTED);
    world.time.leap(Duration.ofSeconds(2));
    world.revoke(buyer);
    assertThat(FaultWorld.cut(live)).isEqualTo("revoked");
    assertThat(world.verdict(world.connect(buyer, password))).isEqualTo("revoked");
    world.bury(depth - 1);

    world.reorganise(depth);

    awaitReorganisationSeen();
    assertThat(world.verdict(world.connect(buyer, password))).isEqualTo(ACCEPTED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20})
  void aRefundThatIsGoneGivesTheTimeBack(int depth) {
    WalletKey buyer = world.paidWallet();
    FakeVpnClient live = world.live(buyer);
    world.time.leap(Duration.ofSeconds(2));
    world.refund(buyer);
    assertThat(FaultWorld.cut(live)).isEqualTo("expired");
    assertThat(world.verdict(buyer)).isEqualTo("no_time");
    world.bury(depth - 1);

    world.reorganise(depth);

    awaitReorganisationSeen();
    assertThat(world.verdict(buyer)).isEqualTo(ACCEPTED);
  }

  private void awaitReorganisationSeen() {
    await()
        .atMost(PATIENCE)
        .until(() -> world.meters.get("hourgate.chain.reorgs").counter().count() == 1);
  }

  private void awaitEndNoLaterThan(WalletKey wallet, Instant end) {
    await()
        .atMost(PATIENCE)
        .until(() -> !world.sessionOf(wallet).until().orElseThrow().isAfter(end));
  }
}

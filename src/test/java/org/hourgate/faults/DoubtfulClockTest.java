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
import java.util.Optional;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.fake.FakeVpnClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wall clock is not to be trusted: nobody new is admitted and nobody is cut by it. */
@Execution(CONCURRENT)
final class DoubtfulClockTest {

  private static final Duration STEP = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private FaultWorld world;

  @BeforeEach
  void start() {
    world =
        new FaultWorld(
            folder, 1, chain -> chain.withMaxHeadAge(Optional.of(Duration.ofMinutes(1))));
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT2H", "PT3M", "PT-3M", "PT-2H", "PT-720H"})
  void aJumpAdmitsNobodyAndCutsNobodyBeforeTheRightEnd(Duration jump) {
    WalletKey member = world.paidWallet();
    WalletKey known = world.paidWallet();
    WalletKey stranger = newWallet();
    String password = world.devicePass(known);
    String strangersPassword = world.devicePass(stranger);
    FakeVpnClient live = world.live(member);
    world.visit(known);
    Instant rightEnd = world.paidUntil(member);

    world.time.jumpWall(jump);

    assertThat(world.verdict(world.connect(known, password))).startsWith("TEMP ");
    assertThat(world.verdict(world.connect(stranger, strangersPassword))).startsWith("TEMP ");
    Duration step = Duration.ofMinutes(1);
    while (trueTime(jump).isBefore(rightEnd.minus(step.multipliedBy(2)))) {
      letPass(step, jump);
      assertThat(live.passesTraffic()).isTrue();
    }
    letPass(Duration.between(trueTime(jump), rightEnd.minus(step.dividedBy(2))), jump);
    assertThat(world.reauthenticates(live)).isTrue();
    assertThat(world.verdict(world.connect(known, password))).startsWith("TEMP ");
    world.time.leap(Duration.between(trueTime(jump), rightEnd).plus(STEP));
    assertThat(FaultWorld.cut(live))
        .as("the cut at %s by a clock that says %s", rightEnd, world.ledger.status())
        .isEqualTo("expired");
    assertThat(trueTime(jump)).isBefore(rightEnd.plus(step));
  }

  /** Lets time pass, at whose end there is a block of the right time. */
  private void letPass(Duration duration, Duration jump) {
    world.time.leap(duration);
    world.mineAt(trueTime(jump));
    if (jump.isNegative()) {
      // After a jump ahead the node counts as standing still. The clock is judged by the status,
      // which comes after the block was followed.
      Instant head = world.anvil.headTime();
      await().atMost(PATIENCE).until(() -> world.ledger.status().headTime().equals(head));
    }
  }

  private Instant trueTime(Duration jump) {
    return world.time.wallTime().minus(jump);
  }

  /** Each reading differs from the monotonic clock by less than a jump would. */
  @ParameterizedTest
  @ValueSource(strings = {"PT1.5S", "PT-1.5S"})
  void aClockThatRunsWrongIsBelievedUpToAMinute(Duration drift) {
    WalletKey known = world.paidWallet();
    String password = world.devicePass(known);
    FakeVpnClient live = world.live(world.paidWallet());

    Duration wrong = runWrong(drift, 30);
    letPass(STEP, wrong);
    world.awaitFollowed();
    assertThat(world.verdict(world.connect(known, password))).isEqualTo(ACCEPTED);
    wrong = wrong.plus(runWrong(drift, 20));
    letPass(STEP, wrong);
    assertThat(wrong.abs()).isGreaterThan(Duration.ofMinutes(1));
    if (drift.isNegative()) {
      world.awaitFollowed();
      assertThat(world.verdict(world.connect(known, password))).isEqualTo("TEMP clock");
    } else {
      world.awaitUnfit(); // By our clock the newest block is old: a chain that stands still.
    }

    assertThat(world.verdict(newWallet())).startsWith("TEMP ");
    assertThat(live.passesTraffic()).isTrue();
  }

  private Duration runWrong(Duration drift, int steps) {
    for (int i = 0; i < steps; i++) {
      world.time.leap(STEP);
      world.time.jumpWall(drift);
    }
    return drift.multipliedBy(steps);
  }

  @Test
  void aClockThatIsBackIsTrustedAgain() {
    WalletKey known = world.paidWallet();
    WalletKey member = world.paidWallet();
    String password = world.devicePass(known);
    FakeVpnClient live = world.live(member);

    world.time.jumpWall(Duration.ofHours(2));
    assertThat(world.verdict(world.connect(known, password))).startsWith("TEMP ");
    world.time.jumpWall(Duration.ofHours(-2));

    world.awaitFit();
    assertThat(world.verdict(world.connect(known, password))).isEqualTo(ACCEPTED);
    assertThat(live.passesTraffic()).isTrue();
  }

  @Test
  void aMachineThatSleptGoesByTheNewTimeOnceTheChainHasIt() {
    WalletKey member = world.paidWallet();
    WalletKey longMember = world.paidWallet();
    world.grant(longMember, HOUR.multipliedBy(3));
    FakeVpnClient live = world.live(member);
    FakeVpnClient longLive = world.live(longMember);

    world.time.jumpWall(Duration.ofHours(2));
    world.time.leap(STEP);
    assertThat(live.passesTraffic()).isTrue();
    world.mine();
    world.awaitFit();
    world.awaitFollowed();
    world.time.leap(STEP);

    assertThat(FaultWorld.cut(live)).isEqualTo("expired");
    assertThat(longLive.passesTraffic()).isTrue();
    assertThat(world.verdict(world.paidWallet())).isEqualTo(ACCEPTED);
    assertThat(world.verdict(newWallet())).isEqualTo("no_time");
  }

  @Test
  void aHeadAheadOfTheClockAdmitsNobodyAndCutsNobody() {
    WalletKey member = world.paidWallet();
    WalletKey known = world.paidWallet();
    FakeVpnClient live = world.live(member);
    world.visit(known);

    world.mineAt(world.time.wallTime().plus(Duration.ofHours(2)));
    world.awaitFollowed();

    assertThat(world.verdict(known)).isEqualTo("TEMP clock");
    assertThat(world.verdict(newWallet())).isEqualTo("TEMP clock");
    assertThat(world.reauthenticates(live)).isTrue();
    world.assertEndsAt(live, world.paidUntil(member));
  }
}

package org.hourgate.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.faults.FaultWorld.ACCEPTED;
import static org.hourgate.faults.FaultWorld.CHAIN_UNAVAILABLE;
import static org.hourgate.faults.FaultWorld.HOUR;
import static org.hourgate.faults.FaultWorld.PATIENCE;
import static org.hourgate.faults.FaultWorld.newWallet;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hourgate.app.lab.Anvil;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.fake.FakeVpnClient;
import org.hourgate.testing.Faults;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;

/** The chain, or the node's view of it, does not go on, or goes back and forth. */
@Execution(CONCURRENT)
final class StandingStillTest {

  private static final Duration MAX_HEAD_AGE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private FaultWorld world;

  @BeforeEach
  void start() {
    world = new FaultWorld(folder, 1, chain -> chain.withMaxHeadAge(Optional.of(MAX_HEAD_AGE)));
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @Test
  void aChainThatHaltsUnpaysNobodyAndAdmitsOnlyWhomTheGateKnows() {
    WalletKey member = world.paidWallet();
    WalletKey known = world.paidWallet();
    WalletKey unknown = world.paidWallet();
    FakeVpnClient live = world.live(member);
    world.visit(known);

    world.time.leap(MAX_HEAD_AGE.plusSeconds(10));
    world.awaitUnfit();

    assertThat(world.verdict(known)).isEqualTo(ACCEPTED);
    assertThat(world.verdict(unknown)).isEqualTo(CHAIN_UNAVAILABLE);
    assertThat(world.verdict(newWallet())).isEqualTo(CHAIN_UNAVAILABLE);
    assertThat(world.reauthenticates(live)).isTrue();
    world.mine();
    world.awaitFit();
    assertThat(world.verdict(unknown)).isEqualTo(ACCEPTED);
    assertThat(live.passesTraffic()).isTrue();
    world.assertEndsAt(live, world.paidUntil(member));
  }

  @Test
  void aNodeThatStandsStillIsNotBelievedThatANewCustomerHasNotPaid() {
    world.mine();
    world.node().behave(Faults.frozenAt(world.anvil.blockNumber()));
    WalletKey unknown = world.paidWallet();

    world.time.leap(MAX_HEAD_AGE.plusSeconds(10));
    world.mine();
    world.awaitUnfit();

    assertThat(world.verdict(unknown)).isEqualTo(CHAIN_UNAVAILABLE);
    world.node().behaveWell();
    world.awaitFit();
    assertThat(world.verdict(unknown)).isEqualTo(ACCEPTED);
  }

  @Test
  void backendsOfDifferentHeightUnpayNobody() {
    world.mine();
    long old = world.anvil.blockNumber();
    WalletKey member = world.paidWallet();
    FakeVpnClient live = world.live(member);
    world.mine();

    world.node().behave(Faults.everySecondFrozenAt(old));

    for (int i = 0; i < 10; i++) {
      world.time.leap(Duration.ofSeconds(5));
      world.mine();
      assertThat(world.reauthenticates(live)).isTrue();
      assertThat(world.verdict(newWallet())).isIn("no_time", CHAIN_UNAVAILABLE);
    }
    assertThat(live.passesTraffic()).isTrue();
    world.node().behaveWell();
    world.awaitFit();
    await()
        .atMost(PATIENCE)
        .until(
            () -> world.sessionOf(member).until().orElseThrow(), world.paidUntil(member)::equals);
  }

  @Test
  void aNodeThatBeginsAnewAtBlockZeroUnpaysNobody() {
    WalletKey member = world.paidWallet();
    FakeVpnClient live = world.live(member);
    world.mine();
    try (Anvil another =
        Anvil.start(Anvil.Options.standard().withGenesisTime(world.time.wallTime()))) {

      world.node().redirect(another.rpc());
      world.awaitUnfit();

      assertThat(world.verdict(newWallet())).isEqualTo(CHAIN_UNAVAILABLE);
      assertThat(world.verdict(world.paidWallet())).isEqualTo(CHAIN_UNAVAILABLE);
      assertThat(world.reauthenticates(live)).isTrue();
      assertThat(world.sessionOf(member).until()).contains(world.paidUntil(member));
    }
    world.node().redirect(world.anvil.rpc());
    world.awaitFit();
    assertThat(world.verdict(world.paidWallet())).isEqualTo(ACCEPTED);
    assertThat(live.passesTraffic()).isTrue();
  }

  @Test
  void aTopUpDuringAHaltOfTheNodeIsFoundAfterwards() {
    WalletKey member = world.paidWallet();
    FakeVpnClient live = world.live(member);
    world.mine();
    world.node().behave(Faults.frozenAt(world.anvil.blockNumber()));
    world.grant(member, HOUR);
    world.time.leap(MAX_HEAD_AGE.plusSeconds(10));
    world.mine();
    world.awaitUnfit();
    assertThat(live.passesTraffic()).isTrue();

    world.node().behaveWell();

    await()
        .atMost(PATIENCE)
        .until(
            () -> world.sessionOf(member).until().orElseThrow(), world.paidUntil(member)::equals);
  }
}

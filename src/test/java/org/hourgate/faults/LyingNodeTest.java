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
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.fake.FakeVpnClient;
import org.hourgate.testing.Faults;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One node of several lies, whichever it is. */
@Execution(CONCURRENT)
final class LyingNodeTest {

  private static final Duration A_WHILE = Duration.ofSeconds(70);

  @TempDir private Path folder;

  /** How many nodes there are, and which lies. */
  static Stream<Arguments> oneOfTwoOrThree() {
    return Stream.of(2, 3)
        .flatMap(nodes -> IntStream.range(0, nodes).mapToObj(liar -> Arguments.of(nodes, liar)));
  }

  private FaultWorld start(int nodes, int quorum) {
    return new FaultWorld(folder, nodes, chain -> chain.withQuorum(quorum));
  }

  @ParameterizedTest
  @MethodSource("oneOfTwoOrThree")
  void turnsNoPayerAwayAndCutsNobody(int nodes, int liar) {
    try (FaultWorld world = start(nodes, 1)) {
      WalletKey member = world.paidWallet();
      WalletKey customer = world.paidWallet();
      FakeVpnClient live = world.live(member);

      world
          .nodes
          .get(liar)
          .behave(
              Faults.paidUntil(
                  Map.of(
                      member.address(), _ -> Instant.EPOCH,
                      customer.address(), _ -> Instant.EPOCH)));
      world.mine();
      world.time.leap(Duration.ofMinutes(6)); // All are read again by then.
      world.mine();

      assertThat(world.verdict(customer))
          .isIn(nodes == 2 ? new String[] {ACCEPTED, CHAIN_UNAVAILABLE} : new String[] {ACCEPTED});
      world.time.leap(A_WHILE);
      assertThat(live.passesTraffic()).isTrue();
      assertThat(world.reauthenticates(live)).isTrue();
      assertThat(world.sessionOf(member).until()).contains(world.paidUntil(member));
    }
  }

  @ParameterizedTest
  @MethodSource("oneOfTwoOrThree")
  void letsNobodyInWhereTwoMustAgree(int nodes, int liar) {
    try (FaultWorld world = start(nodes, 2)) {
      WalletKey friend = newWallet();
      WalletKey member = world.paidWallet();
      FakeVpnClient live = world.live(member);

      world
          .nodes
          .get(liar)
          .behave(
              Faults.paidUntil(
                  Map.of(
                      friend.address(), _ -> world.time.wallTime().plus(HOUR),
                      member.address(), end -> end.plus(HOUR))));
      world.mine();
      world.time.leap(Duration.ofMinutes(6));
      world.mine();

      assertThat(world.verdict(friend)).isIn("no_time", CHAIN_UNAVAILABLE);
      world.assertEndsAt(live, world.paidUntil(member));
    }
  }

  @ParameterizedTest
  @MethodSource("oneOfTwoOrThree")
  void hidesAPurchaseForMinutesAtMost(int nodes, int liar) {
    try (FaultWorld world = start(nodes, 1)) {
      WalletKey member = world.paidWallet();
      FakeVpnClient live = world.live(member);
      world.nodes.get(liar).behave(Faults.hiddenLogs());

      world.grant(member, Duration.ofSeconds(30));
      world.awaitFollowed();
      world.time.leap(Duration.ofMinutes(6));
      world.mine();

      await()
          .atMost(PATIENCE)
          .until(
              () -> world.sessionOf(member).until().orElseThrow(), world.paidUntil(member)::equals);
      assertThat(live.passesTraffic()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("oneOfTwoOrThree")
  void inventsPurchasesInVain(int nodes, int liar) {
    try (FaultWorld world = start(nodes, 2)) {
      WalletKey friend = newWallet();
      WalletKey member = world.paidWallet();
      FakeVpnClient live = world.live(member);

      world
          .nodes
          .get(liar)
          .behave(
              Faults.inventedLogs(world.contract.address(), member.address(), friend.address()));
      world.mine();
      world.awaitFollowed();

      assertThat(world.verdict(friend)).isEqualTo("no_time");
      assertThat(world.sessionOf(member).until()).contains(world.paidUntil(member));
      world.assertEndsAt(live, world.paidUntil(member));
    }
  }
}

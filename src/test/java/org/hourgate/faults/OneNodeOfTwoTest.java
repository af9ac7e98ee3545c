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
import java.util.function.UnaryOperator;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.fake.FakeVpnClient;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With a second node that is well, a fault of the other changes nothing for anybody. */
@Execution(CONCURRENT)
@ResourceLock("OneNodeOfTwoTest")
final class OneNodeOfTwoTest {

  /** Longer than a node that failed is left alone. */
  private static final Duration UNTIL_CHECKED = Duration.ofSeconds(61);

  @TempDir private static Path folder;
  private static FaultWorld world;

  @BeforeAll
  static void start() {
    world = new FaultWorld(folder, 2, UnaryOperator.identity());
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(NodeFault.ALL)
  void isNotNoticedIfItIsTheFirst(NodeFault fault) {
    isNotNoticed(fault, world.nodes.getFirst());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(NodeFault.ALL)
  void isNotNoticedIfItIsTheSecond(NodeFault fault) {
    isNotNoticed(fault, world.nodes.getLast());
  }

  private static void isNotNoticed(NodeFault fault, FaultyRpc node) {
    world.time.leap(UNTIL_CHECKED);
    world.awaitAllFit();
    WalletKey buyer = world.paidWallet();
    WalletKey member = world.paidWallet();
    world.live(buyer);
    FakeVpnClient live = world.live(member);

    fault.begin(node);
    try {
      world.time.leap(UNTIL_CHECKED);

      assertThat(world.verdict(world.paidWallet())).isEqualTo(ACCEPTED);
      assertThat(world.verdict(newWallet())).isEqualTo("no_time");
      assertThat(world.reauthenticates(live)).isTrue();
      world.grant(buyer, HOUR);
      await()
          .atMost(PATIENCE)
          .until(
              () -> world.sessionOf(buyer).until().orElseThrow(), world.paidUntil(buyer)::equals);
      world.assertEndsAt(live, world.paidUntil(member));
    } finally {
      NodeFault.end(node);
    }
  }
}

package org.hourgate.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.faults.FaultWorld.ACCEPTED;
import static org.hourgate.faults.FaultWorld.CHAIN_UNAVAILABLE;
import static org.hourgate.faults.FaultWorld.newWallet;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.nio.file.Path;
import java.time.Duration;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.fake.FakeVpnClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The only node gives no answer, or none that can be trusted. */
@Execution(CONCURRENT)
@ResourceLock("UnreadableChainTest")
final class UnreadableChainTest {

  /** Longer than a node that was fit is believed without being checked. */
  private static final Duration UNTIL_CHECKED = Duration.ofSeconds(61);

  @TempDir private static Path folder;
  private static FaultWorld world;

  @BeforeAll
  static void start() {
    world = new FaultWorld(folder);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @BeforeEach
  void heal() {
    NodeFault.end(world.node());
    world.awaitFit();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(NodeFault.ALL)
  void admitsWhomItKnowsKeepsWhoIsInAndTellsOthersToComeBack(NodeFault fault) {
    WalletKey member = world.paidWallet();
    WalletKey known = world.paidWallet();
    WalletKey unknown = world.paidWallet();
    FakeVpnClient live = world.live(member);
    world.visit(known);

    fault.begin(world.node());
    world.time.leap(UNTIL_CHECKED);
    world.awaitUnfit();

    assertThat(world.verdict(known)).isEqualTo(ACCEPTED);
    assertThat(world.verdict(unknown)).isEqualTo(CHAIN_UNAVAILABLE);
    assertThat(world.verdict(newWallet())).isEqualTo(CHAIN_UNAVAILABLE);
    assertThat(world.reauthenticates(live)).isTrue();

    heal();
    assertThat(world.verdict(unknown)).isEqualTo(ACCEPTED);
    assertThat(world.verdict(newWallet())).isEqualTo("no_time");
    assertThat(live.passesTraffic()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(NodeFault.ALL)
  void endsSessionsAtTheirKnownEnd(NodeFault fault) {
    WalletKey member = world.paidWallet();
    FakeVpnClient live = world.live(member);

    fault.begin(world.node());
    world.time.leap(UNTIL_CHECKED);
    world.awaitUnfit();

    world.assertEndsAt(live, world.paidUntil(member));
    assertThat(world.verdict(member)).isEqualTo(CHAIN_UNAVAILABLE);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource(NodeFault.ALL)
  void forgetsWhomItKnewAfterAQuarterOfAnHour(NodeFault fault) {
    WalletKey known = world.paidWallet();
    world.visit(known);

    fault.begin(world.node());
    world.time.leap(Duration.ofMinutes(15));
    world.awaitUnfit();

    assertThat(world.verdict(known)).isEqualTo(CHAIN_UNAVAILABLE);
  }
}

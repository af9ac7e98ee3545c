package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.gate.GateWorld.ALICE;
import static org.hourgate.gate.GateWorld.BOB;
import static org.hourgate.gate.GateWorld.START;
import static org.hourgate.gate.GateWorld.name;
import static org.hourgate.gate.GateWorld.row;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.management.ClientId;
import org.hourgate.management.Notification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gate tells whoever counts: each step once. */
final class GateStepsTest {

  private static final Instant IN_AN_HOUR = START.plusSeconds(3600);

  private GateWorld world;

  @BeforeEach
  void attach(@TempDir Path folder) {
    world = new GateWorld(folder);
    world.ledger.entitle(ALICE.address(), new Entitlement(IN_AN_HOUR, Instant.EPOCH));
    world.attach();
    assertThat(world.steps.take()).containsExactly("epoch udp");
  }

  @Test
  void countsALifeFromTheLoginToTheCutOnce() {
    world.live(0, ALICE);
    String password = world.login(ALICE);
    world.reauth(0, 3, name(ALICE), password);
    world.notify(new Notification.ByteCount(new ClientId(0), 3, 4));
    world.time.advance(Duration.ofHours(1));
    world.disconnect(0); // It has received 10 and sent 20 bytes.

    assertThat(world.steps.take())
        .containsExactly(
            "allowed CONNECT", "allowed REAUTH", "cut expired", "expired", "ended expired");
    assertThat(world.steps.lags).containsExactly(Duration.ZERO);
    assertThat(world.steps.in).isEqualTo(10);
    assertThat(world.steps.out).isEqualTo(20);
    assertThat(world.steps.ended.getFirst().wallet()).isEqualTo(name(ALICE));
    assertThat(world.steps.ended.getFirst().since()).isEqualTo(START);
    assertThat(world.steps.ended.getFirst().end()).isEqualTo(IN_AN_HOUR);
  }

  @Test
  void countsRefusalsByTheirReason() {
    world.connect(0, name(BOB), world.login(BOB));
    world.connect(1, "nobody", "x");
    world.connect(2, name(ALICE), "x");

    assertThat(world.steps.take())
        .containsExactly(
            "denied CONNECT no_time", "denied CONNECT bad_username", "denied CONNECT bad_password");
  }

  @Test
  void countsWhoNeverCameUpAndWhoCameUpWithoutAVerdict() {
    world.connect(0, name(ALICE), world.login(ALICE));
    world.disconnect(0);
    world.established(7, name(BOB));

    assertThat(world.steps.take()).containsExactly("allowed CONNECT", "never up", "stranger");
    assertThat(world.steps.ended).isEmpty();
  }

  @Test
  void countsWhoIsGoneBeforeTheVerdict() {
    world.signatureWorkers = _ -> {}; // None is ever done.
    world.connect(0, name(ALICE), world.login(ALICE));
    world.disconnect(0);

    assertThat(world.steps.take()).containsExactly("abandoned");
  }

  @Test
  void countsAnExtensionAndNoFall() {
    world.live(0, ALICE);
    world.steps.take();

    world.gate.entitlementChanged(
        ALICE.address(), new Entitlement(IN_AN_HOUR.plusSeconds(60), Instant.EPOCH), false);
    world.time.settle();
    assertThat(world.steps.take()).containsExactly("extended");

    world.gate.entitlementChanged(
        ALICE.address(), new Entitlement(IN_AN_HOUR, Instant.EPOCH), false);
    world.time.settle();
    assertThat(world.steps.take()).isEmpty();
  }

  @Test
  void countsARefusedRenegotiationAndItsCut() {
    world.live(0, ALICE);
    world.steps.take();

    world.reauth(0, 3, name(ALICE), "x");

    assertThat(world.steps.take())
        .containsExactly("denied REAUTH bad_password", "cut bad_password");
  }

  @Test
  void countsACutThatIsNotConfirmed() {
    world.live(0, ALICE);
    world.daemon.status(row(0, ALICE, "10.88.0.2", START));
    world.steps.take();

    world.time.advance(Duration.ofHours(1).plusSeconds(8));

    assertThat(world.steps.take()).containsExactly("cut expired", "expired", "kill by name");
  }

  @Test
  void countsTheLagOfACutThatFellDueWhileNobodyWasAttachedOnce() {
    world.live(0, ALICE);
    world.daemon.status(row(0, ALICE, "10.88.0.2", START));
    world.detach();
    world.time.advance(Duration.ofHours(1).plusSeconds(5));
    world.attach();
    world.detach();
    world.time.advance(Duration.ofSeconds(5));
    world.attach();

    assertThat(world.steps.lags).containsExactly(Duration.ofSeconds(5));
  }

  @Test
  void addsNoBytesFromBeforeItsTime() {
    world.daemon.status(row(3, ALICE, "10.88.0.2", START.minusSeconds(100)));
    world.attach();
    assertThat(world.steps.take()).containsExactly("epoch udp", "learned udp");

    world.notify(new Notification.ByteCount(new ClientId(3), 1_007, 2_009));

    assertThat(world.steps.in).isEqualTo(7);
    assertThat(world.steps.out).isEqualTo(9);
  }

  @Test
  void tellsHowThingsStandEachSecond() {
    world.live(0, ALICE);
    world.ledger.entitle(BOB.address(), new Entitlement(IN_AN_HOUR, Instant.EPOCH));
    world.connect(1, name(BOB), world.login(BOB));
    world.time.advance(Duration.ofSeconds(10));

    GateSnapshot now = world.gate.snapshot();

    assertThat(now.sessions("udp", SessionView.State.ESTABLISHED)).isEqualTo(1);
    assertThat(now.sessions("udp", SessionView.State.ADMITTED)).isEqualTo(1);
    assertThat(now.sessions("udp", SessionView.State.ENDING)).isZero();
    assertThat(now.paidCustomers()).isEqualTo(2);
    assertThat(now.paidTimeLeft()).isEqualTo(Duration.ofSeconds(2 * 3590));
    assertThat(now.served()).isEqualTo(Duration.ofSeconds(10));
    assertThat(now.clockDoubtful()).isFalse();

    world.disconnect(0);
    world.time.advance(Duration.ofSeconds(10));
    assertThat(world.gate.snapshot().served()).isEqualTo(Duration.ofSeconds(10));
    assertThat(world.gate.snapshot().sessions("udp", SessionView.State.ESTABLISHED)).isZero();
  }
}

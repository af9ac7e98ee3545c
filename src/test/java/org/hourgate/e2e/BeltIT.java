package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/** OpenVPN itself ends a session a little after its time, and no paid one because of that. */
@Execution(CONCURRENT)
@ResourceLock("the gate of BeltIT")
final class BeltIT {

  private static final Duration BELT = Duration.ofSeconds(5);

  /** Whole seconds, and the time between the verdict and the tunnel. */
  private static final Duration ROUNDING = Duration.ofSeconds(3);

  @RegisterExtension
  static final Lab lab = Lab.standard().and("expiry: { belt: " + BELT.toSeconds() + "s }");

  @Test
  void aSessionExtendedBeforeARestartOfTheGateIsReconnectedOnceAsWithoutIt() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant firstEnd = lab.grant(wallet, Lab.TIME_TO_CONNECT.multipliedBy(3));
    try (Visit visit = lab.connect(wallet, "login")) {
      lab.grant(wallet, Duration.ofHours(1));
      awaitOnDisk(wallet);
      lab.gateway().killGate();
      lab.startGate();
      visit.assertUndisturbed();

      visit.client().output().await("Connection reset command was pushed", Lab.LONG);
      Visit.until(firstEnd.plus(BELT).plus(ROUNDING));

      visit.assertOnline();
      assertThat(visit.connects()).isEqualTo(2);
    }
  }

  /** Belts are written once a second: a gate killed before that knows no better. */
  private static void awaitOnDisk(WalletKey wallet) {
    Path belts = lab.gateway().configuration().resolveSibling("state").resolve("belts");
    await()
        .atMost(Lab.LONG)
        .ignoreException(NoSuchFileException.class)
        .until(() -> Files.readString(belts).contains(wallet.address().checksummed()));
  }

  @Test
  void aGateThatIsGoneForGoodGivesNoFreeHours() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (OpenVpnClient client = lab.gateway().client(wallet, "login").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        Instant end = lab.gateway().contract().entitlementOf(wallet.address()).paidUntil();
        lab.gateway().killGate();

        packets.up().awaitAfter(end, Lab.LONG);
        packets.down().awaitAfter(end, Lab.LONG);
        Instant latest = end.plus(BELT).plus(ROUNDING);
        Visit.until(latest.plus(Stubborn.LEAK));
        assertThat(packets.up().last().orElseThrow()).as("up").isBefore(latest);
        assertThat(packets.down().last().orElseThrow()).as("down").isBefore(latest);
      }
    } finally {
      lab.startGate();
    }
  }
}

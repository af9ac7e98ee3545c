package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.Output;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/** What is sold: time on the net, to the second, beside others who notice nothing. */
@Execution(CONCURRENT)
final class StoryIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  private static Visit bob;

  @BeforeAll
  static void bobIsOnTheNet() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    bob = lab.connect(wallet, "login");
  }

  @AfterAll
  static void bobLostNoPing() {
    bob.assertUndisturbed();
    bob.close();
  }

  @Test
  void refusesAWalletThatHasPaidNothingAndSaysWhereToBuy() throws Exception {
    try (OpenVpnClient stranger = lab.gateway().client(Lab.newWallet(), "login").start()) {
      Output.Line refusal = stranger.output().await("AUTH_FAILED", Lab.LONG);

      assertThat(refusal.text())
          .contains("No time is paid for this wallet. Buy at " + lab.gateway().shop())
          .contains("[no_time]");
      assertThat(stranger.process().awaitExit(Lab.LONG)).isZero();
      assertThat(stranger.output().last("Initialization Sequence Completed")).isEmpty();
    }
    bob.assertUndisturbed();
  }

  @Test
  void servesABuyerUntilTheSecondThatWasBoughtLast() throws Exception {
    WalletKey alice = LabGateway.ALICE;
    Instant firstEnd = lab.gateway().buy(alice, Lab.TIME_TO_CONNECT.plusSeconds(5));
    try (Visit visit = lab.connect(alice, "login")) {
      firstEnd = lab.atLeast(alice, Duration.ofSeconds(10));
      Instant secondEnd = lab.gateway().buy(alice, Duration.ofSeconds(8));
      assertThat(secondEnd).isEqualTo(firstEnd.plusSeconds(8));

      Visit.until(firstEnd.plus(Visit.PROMISE).plusSeconds(1));
      visit.assertUndisturbed();

      visit.assertCutAt(secondEnd, "Your time ended at", "Extend at", "[expired]");
    }
    bob.assertUndisturbed();
  }

  @Test
  void refusesAfterTheEndAndAdmitsAfterTheNextPurchase() throws Exception {
    WalletKey carol = Lab.newWallet();
    Instant end = lab.grant(carol, Lab.TIME_TO_CONNECT);
    OpenVpnClient.Builder profile = lab.gateway().client(carol, "device");
    try (Visit visit = lab.connect(profile)) {
      visit.assertCutAt(end, "[expired]");
    }
    try (OpenVpnClient again = profile.start()) {
      Output.Line refusal = again.output().await("AUTH_FAILED", Lab.LONG);

      assertThat(refusal.text()).contains("Your time ended at", "Extend at", "[no_time]");
    }
    lab.grant(carol, Duration.ofHours(1));
    try (Visit visit = lab.connect(profile)) {
      visit.assertUndisturbed();
    }
  }

  @Test
  void takesTheNetInBothDirectionsFromAClientThatIgnoresTheFarewell() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant end = lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (OpenVpnClient client = lab.gateway().client(wallet, "login").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        Stubborn.assertOffTheNetAt(end, client, packets);
      }
    }
  }
}

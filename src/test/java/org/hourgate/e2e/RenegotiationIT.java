package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/**
 * Sessions whose keys are renewed. The server asks for a verdict each time; unanswered, it would
 * end the session after half the interval, and so the next renegotiation proves the one before.
 */
@Execution(CONCURRENT)
final class RenegotiationIT {

  private static final Duration INTERVAL = Duration.ofSeconds(10);

  @RegisterExtension static final Lab lab = Lab.with(server -> server.renegotiateEvery(INTERVAL));

  @Test
  void keepsASessionOfALoginAndItsReconnectWithoutANewSignature() throws Exception {
    try (Visit visit = connectPaid("login")) {
      renegotiateThreeTimes(visit);

      int mark = visit.client().output().mark();
      visit.client().process().signal("USR1");
      visit.client().awaitConnected(mark, Lab.LONG);
      visit.assertOnline();

      Handshakes.await(visit.client(), mark, 1 + 2);
      visit.assertOnline();
      assertThat(visit.connects()).isEqualTo(2);
    }
  }

  @Test
  void keepsASessionOfADevicePass() throws Exception {
    try (Visit visit = connectPaid("device")) {
      renegotiateThreeTimes(visit);
    }
  }

  private static Visit connectPaid(String kind) throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    return lab.connect(wallet, kind);
  }

  /** The fourth begins only if the third was accepted. */
  private static void renegotiateThreeTimes(Visit visit) {
    Handshakes.await(visit.client(), 0, 1 + 4);
    visit.assertOnline();
    visit.assertNeverReconnected();
  }

  @Test
  void cutsAnHonestClientAtTheEndThatComesAfterARenegotiation() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (Visit visit = lab.connect(wallet, "login")) {
      Instant end = lab.atLeast(wallet, INTERVAL.plusSeconds(4));
      Handshakes.await(visit.client(), 0, 1 + 1);

      visit.assertCutAt(end, "[expired]");
      visit.assertNeverReconnected();
    }
  }

  @Test
  void cutsAStubbornClientAtTheEndThatComesAfterARenegotiation() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (OpenVpnClient client = lab.gateway().client(wallet, "device").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        Instant end = lab.atLeast(wallet, INTERVAL.plusSeconds(4));
        Handshakes.await(client, 0, 1 + 1);

        Stubborn.assertOffTheNetAt(end, client, packets);
      }
    }
  }
}

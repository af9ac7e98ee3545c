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
    keepsASession("login");
  }

  @Test
  void keepsASessionOfADevicePassAndItsReconnect() throws Exception {
    keepsASession("device");
  }

  private static void keepsASession(String kind) throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, kind)) {
      // The fourth begins only if the third was accepted.
      Handshakes.await(visit.client(), 0, 1 + 4);
      visit.assertOnline();
      visit.assertNeverReconnected();

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
  void cutsAnHonestClientAtTheEndThatComesAfterRenegotiations() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (Visit visit = lab.connect(wallet, "login")) {
      Instant end = lab.atLeast(wallet, INTERVAL.multipliedBy(2).plusSeconds(4));
      Handshakes.await(visit.client(), 0, 1 + 2);

      visit.assertCutAt(end, "[expired]");
      visit.assertNeverReconnected();
    }
  }

  @Test
  void cutsAStubbornClientAtTheEndThatComesAfterRenegotiations() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (OpenVpnClient client = lab.gateway().client(wallet, "device").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        Instant end = lab.atLeast(wallet, INTERVAL.multipliedBy(2).plusSeconds(4));
        Handshakes.await(client, 0, 1 + 2);

        Stubborn.assertOffTheNetAt(end, client, packets);
      }
    }
  }
}

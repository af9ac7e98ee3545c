package org.hourgate.e2e;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that ignores the farewell has no more packets than an honest one. */
final class StubbornIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  @Test
  void isOffTheNetInBothDirectionsWhenTheTimeEnds() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant end = lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (OpenVpnClient client = lab.gateway().client(wallet, "login").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        Stubborn.assertOffTheNetAt(end, client, packets);
      }
    }
  }

  @Test
  void isOffTheNetAlsoWhenTheGateHasNotSeenHowOftenItRenewedItsKeys() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofSeconds(40));
    try (OpenVpnClient client =
        lab.gateway().client(wallet, "device").line("reneg-sec 8").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      Handshakes.await(client, 0, 1 + 2);
      lab.gateway().killGate();
      lab.startGate();
      Instant end = lab.atLeast(wallet, Duration.ofSeconds(3));
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        Stubborn.assertOffTheNetAt(end, client, packets);
      }
    }
  }
}

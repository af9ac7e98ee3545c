package org.hourgate.e2e;

import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/** A client that ignores the farewell, and a gate that was not there when it came. */
@Execution(CONCURRENT)
final class StubbornIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  @Test
  void isOffTheNetAlsoWhenTheGateHasNotSeenItsKeys() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT.plusSeconds(10));
    try (OpenVpnClient client =
        lab.gateway().client(wallet, "device").line("reneg-sec 8").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      Handshakes.await(client, 0, 1 + 1);
      lab.gateway().killGate();
      lab.startGate();
      Instant end = lab.atLeast(wallet, Duration.ofSeconds(3));
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        Stubborn.assertOffTheNetAt(end, client, packets);
      }
    }
  }
}

package org.hourgate.e2e;

import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.app.lab.Pki;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/** One gate for two OpenVPN processes, one of them over TCP. */
@Execution(CONCURRENT)
final class TwoInstancesIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  private static OpenVpnServer tcp;

  @BeforeAll
  static void addTcp() throws Exception {
    LabNetwork network = lab.gateway().network();
    Path folder = Files.createDirectory(network.directory().resolve("tcp"));
    tcp =
        OpenVpnServer.on(network, Pki.create(folder, "hourgate-tcp", Duration.ofDays(1)))
            .instance("tcp", 1195, "10.89.0.0")
            .tcp()
            .start();
    lab.gateway().stopGate();
    lab.startGate(
        "--set",
        "openvpn[1].name=tcp",
        "--set",
        "openvpn[1].management=unix:" + tcp.managementSocket());
  }

  @AfterAll
  static void stopTcp() {
    tcp.close();
  }

  @Test
  void aWalletIsOnTheNetOnceWhereverItConnects() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    String pass = lab.gateway().password(wallet, "device");
    try (Visit overUdp = lab.connect(lab.client(lab.server(), wallet, pass));
        Visit overTcp = Visit.begin(tcp, lab.client(tcp, wallet, pass))) {
      overUdp.assertEnded("[replaced]");
      overTcp.assertUndisturbed();

      try (Visit again = lab.connect(wallet, "login")) {
        overTcp.assertEnded("[replaced]");
        again.assertUndisturbed();
      }
    }
  }

  @Test
  void theEndComesToTheSecondOverTcpToo() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant end = lab.grant(wallet, Lab.TIME_TO_CONNECT);
    String pass = lab.gateway().password(wallet, "login");
    try (Visit overTcp = Visit.begin(tcp, lab.client(tcp, wallet, pass))) {
      overTcp.assertCutAt(end, "[expired]");
    }
  }

  @Test
  void theEndComesToTheSecondOverTcpForAClientThatIgnoresTheFarewellToo() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant end = lab.grant(wallet, Lab.TIME_TO_CONNECT);
    String pass = lab.gateway().password(wallet, "device");
    try (OpenVpnClient client = lab.client(tcp, wallet, pass).stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      try (PacketStream packets = PacketStream.start(tcp, client, Stubborn.INTERVAL)) {
        Stubborn.assertOffTheNetAt(end, client, packets);
      }
    }
  }
}

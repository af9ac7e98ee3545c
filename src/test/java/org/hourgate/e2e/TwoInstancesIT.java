package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** One gate for two OpenVPN processes, one of them over TCP, which is away at times. */
@Execution(CONCURRENT)
final class TwoInstancesIT {

  private static final String TCP = "the tcp server of TwoInstancesIT";

  @RegisterExtension static final Lab lab = Lab.standard();

  private static OpenVpnServer tcp;

  @BeforeAll
  static void addTcp() throws Exception {
    tcp = lab.another("tcp").tcp().start();
    lab.gateway().stopGate();
    lab.startGateFor(tcp);
  }

  @AfterAll
  static void stopTcp() {
    tcp.close();
  }

  @Test
  @ResourceLock(value = TCP, mode = ResourceAccessMode.READ)
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
  @ResourceLock(value = TCP, mode = ResourceAccessMode.READ)
  void theEndComesToTheSecondOverTcpToo() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant end = lab.grant(wallet, Lab.TIME_TO_CONNECT);
    String pass = lab.gateway().password(wallet, "login");
    try (Visit overTcp = Visit.begin(tcp, lab.client(tcp, wallet, pass))) {
      overTcp.assertCutAt(end, "[expired]");
    }
  }

  @Test
  @ResourceLock(value = TCP, mode = ResourceAccessMode.READ)
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

  @Test
  @ResourceLock(TCP)
  void oneThatDiedTouchesNothingOfTheOtherAndIsServedAgainWhenItIsBack() throws Exception {
    WalletKey leaving = Lab.newWallet();
    try (Visit overTcp = Visit.begin(tcp, client(tcp, paidWallet(), "login"));
        Visit staying = lab.connect(paidWallet(), "login");
        Visit expiring = connectFor(Lab.TIME_TO_CONNECT, lab.server(), leaving)) {
      int mark = overTcp.client().output().mark();
      tcp.kill();
      await().atMost(Lab.LONG).until(() -> !complaint("openvpn-tcp").isEmpty());
      assertThat(complaint("openvpn-udp")).isEmpty();
      assertThat(complaint("chain")).isEmpty();
      lab.atLeast(leaving, Lab.TIME_TO_CONNECT);

      try (Visit arriving = lab.connect(paidWallet(), "login")) {
        expiring.assertCutAt(lab.atLeast(leaving, Duration.ofSeconds(4)), "[expired]");
        arriving.assertUndisturbed();
        staying.assertUndisturbed();
        assertThat(complaint("openvpn-tcp")).isNotEmpty();

        tcp.start();
        overTcp.client().awaitConnected(mark, Lab.LONG);
        overTcp.assertOnline();
        await().atMost(Lab.LONG).until(() -> complaint("openvpn-tcp").isEmpty());
        arriving.assertUndisturbed();
        staying.assertUndisturbed();
      }
    }
  }

  @Test
  @ResourceLock(TCP)
  void oneThatStandsStillTouchesNothingOfTheOtherAndCatchesUp() throws Exception {
    WalletKey mover = paidWallet();
    WalletKey leaving = Lab.newWallet();
    try (Visit left = Visit.begin(tcp, client(tcp, mover, "device"));
        Visit overrun = connectFor(Lab.TIME_TO_CONNECT, tcp, leaving)) {
      lab.atLeast(leaving, Duration.ofSeconds(12));
      tcp.signal("STOP");
      try (Visit moved = lab.connect(mover, "login")) {
        assertThat(complaint("openvpn-udp")).isEmpty();
        Visit.until(lab.atLeast(leaving, Duration.ofSeconds(1)).plus(Visit.PROMISE));
        moved.assertUndisturbed();

        tcp.signal("CONT");
        left.assertEnded("[replaced]");
        overrun.assertEnded("[expired]");
        moved.assertUndisturbed();
      } finally {
        tcp.signal("CONT");
      }
    }
  }

  /** Pays for so much time, and no sooner than it is needed. */
  private static Visit connectFor(Duration time, OpenVpnServer server, WalletKey wallet)
      throws Exception {
    lab.grant(wallet, time);
    return Visit.begin(server, client(server, wallet, "login"));
  }

  private static WalletKey paidWallet() {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    return wallet;
  }

  private static OpenVpnClient.Builder client(OpenVpnServer server, WalletKey wallet, String kind)
      throws Exception {
    return lab.client(server, wallet, lab.gateway().password(wallet, kind));
  }

  private static String complaint(String check) throws Exception {
    return Readiness.of(lab.gateway()).complaint(check);
  }
}

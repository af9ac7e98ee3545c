package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/** Wallets that are on two instances at once, under one name; a third device is refused. */
@Execution(SAME_THREAD)
final class BothInstancesIT {

  @RegisterExtension
  static final Lab lab =
      Lab.with(server -> server.line("duplicate-cn"))
          .and("credential: { sessions-per-wallet: 2, when-full: refuse }");

  private static OpenVpnServer tcp;

  @BeforeAll
  static void addTcp() throws Exception {
    tcp = lab.another("tcp").tcp().line("duplicate-cn").start();
    lab.gateway().stopGate();
    lab.startGateFor(tcp);
  }

  @AfterAll
  static void stopTcp() {
    tcp.close();
  }

  @AfterEach
  void theGateRunsAgain() {
    lab.ensureGate();
  }

  @Test
  void aThirdDeviceIsRefusedByEitherAndEndsNobody() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit overUdp = connect(lab.server(), wallet);
        Visit overTcp = connect(tcp, wallet)) {
      assertRefused(lab.server(), wallet);
      assertRefused(tcp, wallet);
      overUdp.assertUndisturbed();
      overTcp.assertUndisturbed();
    }
  }

  @Test
  void aKillOfTheWalletEndsBoth() throws Exception {
    WalletKey wallet = Lab.newWallet();
    WalletKey other = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    lab.grant(other, Duration.ofHours(1));
    try (Visit bystander = connect(tcp, other);
        Visit overUdp = connect(lab.server(), wallet);
        Visit overTcp = connect(tcp, wallet)) {
      lab.kill(wallet, "back at noon");

      overUdp.assertEnded("back at noon", "[operator]");
      overTcp.assertEnded("back at noon", "[operator]");
      bystander.assertUndisturbed();
    }
  }

  @Test
  void aGateThatIsBackKnowsBothAndEndsThemAtTheSameSecond() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT.multipliedBy(2));
    try (Visit overUdp = connect(lab.server(), wallet);
        Visit overTcp = connect(tcp, wallet)) {
      lab.gateway().killGate();
      lab.atLeast(wallet, Lab.TIME_TO_CONNECT);
      lab.startGateFor(tcp);
      Instant end = lab.atLeast(wallet, Duration.ofSeconds(3));
      overUdp.assertUndisturbed();
      overTcp.assertUndisturbed();

      overUdp.assertCutAt(end, "[expired]");
      overTcp.assertCutAt(end, "[expired]");
    }
  }

  @Test
  void aDeviceWhoseInstanceDiedGoesOnAtTheOtherAndTakesNobodysPlace() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    String pass = lab.gateway().password(wallet, "device");
    try (Visit other = connect(lab.server(), wallet)) {
      Visit lost = Visit.begin(tcp, lab.client(tcp, wallet, pass));
      tcp.kill();
      lost.close();
      try (Visit moved = Visit.begin(lab.server(), lab.client(lab.server(), wallet, pass))) {
        assertRefused(lab.server(), wallet);
        moved.assertUndisturbed();
        other.assertUndisturbed();
      } finally {
        tcp.start();
      }
    }
  }

  private static Visit connect(OpenVpnServer server, WalletKey wallet) throws Exception {
    return Visit.begin(server, device(server, wallet));
  }

  private static void assertRefused(OpenVpnServer server, WalletKey wallet) throws Exception {
    try (OpenVpnClient third = device(server, wallet).start()) {
      assertThat(third.output().await("AUTH_FAILED", Lab.LONG).text()).contains("[session_limit]");
    }
  }

  /** One more device of the wallet. */
  private static OpenVpnClient.Builder device(OpenVpnServer server, WalletKey wallet)
      throws Exception {
    return lab.client(server, wallet, lab.gateway().password(wallet, "device"));
  }
}

package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.Faults;
import org.hourgate.testing.FaultyRpc;
import org.hourgate.testing.FaultyRpc.Question;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/**
 * OpenVPN counts its clients from 0 again after a soft restart, on the same connection: the answer
 * for the first client of before would let in the first client of now.
 */
@Execution(CONCURRENT)
final class StaleVerdictIT {

  /** Without the farewell the server restarts in an instant. */
  @RegisterExtension
  static final Lab lab = Lab.with(server -> server.line("explicit-exit-notify 0"));

  @Test
  void aVerdictOfBeforeASoftRestartLetsNobodyIn() throws Exception {
    WalletKey customer = Lab.newWallet();
    lab.grant(customer, Duration.ofHours(1));
    WalletKey stranger = Lab.newWallet();
    try (FaultyRpc node = FaultyRpc.before(lab.gateway().anvil().rpc())) {
      lab.gateway().stopGate();
      lab.startGate("--set", "chain.rpc=" + node.uri());
      Faults.Hold aboutCustomer = new Faults.Hold(customer.address(), Question::passOn);
      Faults.Hold aboutStranger = new Faults.Hold(stranger.address(), aboutCustomer);
      node.behave(aboutStranger);
      OpenVpnClient.Builder unpaid = lab.gateway().client(stranger, "login");
      try (OpenVpnClient _ = lab.gateway().client(customer, "login").start()) {
        aboutCustomer.awaitQuestion();
        int mark = lab.server().output().mark();
        lab.server().signal("USR1");
        lab.server().output().await(mark, "Initialization Sequence Completed", Lab.LONG);
        try (OpenVpnClient client = unpaid.start()) {
          aboutStranger.awaitQuestion();
          aboutCustomer.release();

          client.output().await("AUTH_FAILED", Lab.LONG);
          aboutStranger.release();
          client.output().await("[no_time]", Lab.LONG);
          assertThat(client.output().last("Initialization Sequence Completed")).isEmpty();
        }
      }
    }
  }
}

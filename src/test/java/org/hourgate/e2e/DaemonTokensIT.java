package org.hourgate.e2e;

import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/**
 * An OpenVPN that makes tokens of its own ({@code auth-gen-token … external-auth}), and a gate that
 * has forgotten them. Renewal must be twice hand-window, so renegotiations are slow here.
 */
@Execution(CONCURRENT)
final class DaemonTokensIT {

  private static final Duration HAND_WINDOW = Duration.ofSeconds(12);
  private static final Duration INTERVAL = HAND_WINDOW.multipliedBy(2);

  @RegisterExtension
  static final Lab lab =
      Lab.with(
          server ->
              server
                  .handWindow(HAND_WINDOW)
                  .renegotiateEvery(INTERVAL)
                  .line("auth-gen-token 3600 " + INTERVAL.toSeconds() + " external-auth"));

  @Test
  void keepsASessionThatRenegotiatesAfterARestartOfTheGate() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login")) {
      lab.gateway().killGate();
      lab.startGate();

      // The second begins only if the first was accepted.
      Handshakes.await(visit.client(), 0, 1 + 2);
      visit.assertOnline();
      visit.assertNeverReconnected();
    }
  }
}

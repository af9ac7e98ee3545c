package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/**
 * An OpenVPN that makes tokens of its own and asks us about them ({@code auth-gen-token …
 * external-auth}). Its renewal must be twice hand-window, so renegotiations are slow here.
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
  void keepsASessionOverRenegotiationsReconnectsAndARestartOfTheGate() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login")) {
      // The third begins only if the second was accepted.
      Handshakes.await(visit.client(), 0, 1 + 2);
      visit.assertOnline();
      visit.assertNeverReconnected();

      int mark = visit.client().output().mark();
      visit.client().process().signal("USR1");
      visit.client().awaitConnected(mark, Lab.LONG);
      visit.assertOnline();

      lab.gateway().killGate();
      lab.startGate();
      Handshakes.await(visit.client(), mark, 1 + 2);
      visit.assertOnline();
      assertThat(visit.connects()).isEqualTo(2);
    }
  }
}

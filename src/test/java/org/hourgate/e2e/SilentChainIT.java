package org.hourgate.e2e;

import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Instant;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/** A chain that falls silent while customers are on the net. */
@Execution(CONCURRENT)
final class SilentChainIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  @Test
  void givesNobodyMoreTimeAndNobodyLess() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant end = lab.grant(wallet, Lab.TIME_TO_CONNECT.plusSeconds(5));
    try (Visit visit = lab.connect(wallet, "login")) {
      lab.gateway().anvil().freeze();

      visit.assertCutAt(end, "[expired]");
    } finally {
      lab.gateway().anvil().thaw();
    }
  }
}

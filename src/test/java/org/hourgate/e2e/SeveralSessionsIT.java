package org.hourgate.e2e;

import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/** A gateway that lets each wallet in twice. */
@Execution(CONCURRENT)
final class SeveralSessionsIT {

  @RegisterExtension
  static final Lab lab =
      Lab.with(server -> server.line("duplicate-cn")).and("credential: { sessions-per-wallet: 2 }");

  @Test
  void theOldestMakesRoomForAThirdAndTheOthersEndTogether() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT.multipliedBy(2));
    try (Visit oldest = lab.connect(wallet, "device");
        Visit second = lab.connect(wallet, "login")) {
      lab.atLeast(wallet, Lab.TIME_TO_CONNECT);
      oldest.assertUndisturbed();
      second.assertUndisturbed();
      try (Visit third = lab.connect(wallet, "device")) {
        oldest.assertEnded("[replaced]");
        second.assertUndisturbed();
        third.assertUndisturbed();

        Instant end = lab.atLeast(wallet, Duration.ofSeconds(8));
        second.assertCutAt(end, "[expired]");
        third.assertCutAt(end, "[expired]");
      }
    }
  }
}

package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/** A server that makes tokens of its own and asks us about each ({@code external-auth}). */
@Execution(CONCURRENT)
final class ExternalAuthIT {

  private static final Duration INTERVAL = Duration.ofSeconds(12);

  @RegisterExtension
  static final Lab lab =
      Lab.with(
          server ->
              server
                  .handWindow(Duration.ofSeconds(15))
                  .renegotiateEvery(INTERVAL)
                  .line("auth-gen-token 3600 30 external-auth"));

  @Test
  void keepsASessionOfALoginAndItsReconnectWithoutANewSignature() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login")) {
      Handshakes.await(visit.client(), 0, 1 + 2);
      visit.assertOnline();
      visit.assertNeverReconnected();

      int mark = visit.client().output().mark();
      visit.client().process().signal("USR1");
      visit.client().awaitConnected(mark, Lab.LONG);
      visit.assertOnline();
    }
  }

  @Test
  void cutsAtTheEndThatComesAfterARenegotiation() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (Visit visit = lab.connect(wallet, "login")) {
      Instant end = lab.atLeast(wallet, INTERVAL.plusSeconds(4));
      Handshakes.await(visit.client(), 0, 1 + 1);

      visit.assertCutAt(end, "[expired]");
      assertThat(visit.connects()).isEqualTo(1);
    }
  }
}

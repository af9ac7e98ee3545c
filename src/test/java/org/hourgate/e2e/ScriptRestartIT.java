package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.Output;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The gate away, and back, while an OpenVPN asks by scripts. */
@Execution(CONCURRENT)
@ResourceLock("the gate of ScriptRestartIT")
final class ScriptRestartIT {

  private static final Duration INTERVAL = Duration.ofSeconds(30);

  /** More than enough for a gate on a busy machine. */
  private static final Duration TIME_TO_START = Duration.ofSeconds(10);

  @RegisterExtension
  static final Lab lab = Lab.with(server -> server.scripts().renegotiateEvery(INTERVAL));

  @AfterEach
  void theGateRunsAgain() {
    lab.ensureGate();
  }

  @Test
  void aLoginWithoutAGateIsRefusedAtOnceAndComesBackByItself() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    OpenVpnClient.Builder builder = lab.gateway().client(wallet, "login");
    lab.gateway().killGate();
    try (OpenVpnClient client = builder.start()) {
      Output.Line refusal = client.output().await("AUTH_FAILED", Lab.LONG);
      assertThat(refusal.text()).contains("TEMP", "The gateway is starting", "[starting]");

      lab.startGate();
      client.awaitConnected(Lab.LONG);
    }
  }

  @Test
  void aLiveSessionOutlivesTheGateAndEndsWhenItsTimeIsOver() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (Visit visit = lab.connect(wallet, "login")) {
      lab.gateway().killGate();
      lab.atLeast(wallet, TIME_TO_START);
      lab.startGate();
      Instant end = lab.atLeast(wallet, Duration.ofSeconds(3));
      visit.assertUndisturbed();

      visit.assertCutAt(end, "[expired]");
    }
  }

  @Test
  void aRenewalOfKeysThatMetNoGateIsAnsweredByTheNext() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login")) {
      lab.gateway().killGate();
      Handshakes.await(visit.client(), 0, 1 + 1);
      lab.startGate();

      // Till the answer nothing goes to the server; without one the client is refused and ends.
      visit.assertOnline();
      visit.assertNeverReconnected();
    }
  }
}

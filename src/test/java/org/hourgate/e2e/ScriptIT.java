package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.app.lab.Output;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/**
 * The second way in: an OpenVPN that asks by scripts and has given up root, beside one that does
 * not.
 */
@Execution(CONCURRENT)
final class ScriptIT {

  private static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Of a session that is up OpenVPN looks for a deferred verdict every 8 s. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  /** In the beginning of a password everything but the signature. */
  private static final int NONCE_CHARACTERS = 32;

  @RegisterExtension static final Lab lab = Lab.with(OpenVpnServer.Builder::scripts);

  private static OpenVpnServer byManagement;

  /**
   * A renewal of keys that is answered late is a silence: nobody is sure to be heard at his end.
   */
  private static OpenVpnServer renewing;

  @BeforeAll
  static void addServers() throws Exception {
    byManagement = lab.another("other").start();
    renewing = lab.another("renewing").scripts().renegotiateEvery(INTERVAL).start();
    lab.gateway().stopGate();
    lab.startGateFor(byManagement, renewing);
  }

  @AfterAll
  static void stopServers() {
    byManagement.close();
    renewing.close();
  }

  @Test
  void refusesAWalletThatHasPaidNothingAndSaysWhereToBuy() throws Exception {
    try (OpenVpnClient stranger = lab.gateway().client(Lab.newWallet(), "login").start()) {
      assertRefused(
          stranger, "No time is paid for this wallet. Buy at " + lab.gateway().shop(), "[no_time]");
    }
  }

  @Test
  void refusesASignatureOfAnotherWallet() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    String password =
        lab.gateway().password(wallet, "login").substring(0, NONCE_CHARACTERS)
            + lab.gateway().password(Lab.newWallet(), "login").substring(NONCE_CHARACTERS);
    try (OpenVpnClient thief = lab.client(lab.server(), wallet, password).start()) {
      assertRefused(thief, "[bad_signature]");
    }
  }

  @Test
  void takesAUserNameForNothingButAName() throws Exception {
    try (OpenVpnClient joker =
        OpenVpnClient.of(lab.server(), lab.gateway().network().addClient())
            .login("$(reboot)`reboot`\"';|&%s\\n ../x", "%n$HOME \"'\\")
            .start()) {
      assertRefused(joker, "[bad_username]");
    }
  }

  private static void assertRefused(OpenVpnClient client, String... words) {
    Output.Line refusal = client.output().await("AUTH_FAILED", Lab.LONG);
    assertThat(refusal.text()).contains(words);
    assertThat(client.process().awaitExit(Lab.LONG)).isZero();
    assertThat(client.output().last("Initialization Sequence Completed")).isEmpty();
  }

  @Test
  void keepsASessionOfALoginThroughRenegotiationsAndItsReconnectAndEndsIt() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    String pass = lab.gateway().password(wallet, "login");
    try (Visit visit = Visit.begin(renewing, lab.client(renewing, wallet, pass))) {
      // The fourth begins only if the third was accepted.
      Handshakes.await(visit.client(), 0, 1 + 4);
      visit.assertOnline();
      visit.assertNeverReconnected();
      // The script waits for an answer, but not longer than OpenVPN can stand still; a busy machine
      // may miss that, and OpenVPN then looks again only after 8 s. But not all three times.
      assertThat(visit.pings().replies().gaps(SILENCE)).hasSizeLessThan(3);

      int mark = visit.client().output().mark();
      visit.client().process().signal("USR1");
      visit.client().awaitConnected(mark, Lab.LONG);
      visit.assertOnline();
      assertThat(renewing.output().last("session-timeout 36")).isPresent();

      lab.kill(wallet, "back at noon");
      visit.client().output().await("Halt command was pushed", Lab.LONG);
      assertThat(visit.client().process().awaitExit(Lab.LONG)).isZero();
    }
  }

  @Test
  void nothingPassesASecondAfterAnEndThatComesAfterRenewals() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT);
    String pass = lab.gateway().password(wallet, "login");
    try (Visit visit = Visit.begin(renewing, lab.client(renewing, wallet, pass))) {
      Instant end = lab.atLeast(wallet, INTERVAL.multipliedBy(2).plusSeconds(4));
      // The second begins only if the first was accepted.
      Handshakes.await(visit.client(), 0, 1 + 2);

      visit.assertGoneBy(end, "[expired]");
    }
  }

  @Test
  void movesTheEndOfALiveSessionAndEndsItToTheSecond() throws Exception {
    WalletKey alice = LabGateway.ALICE;
    Instant firstEnd = lab.gateway().buy(alice, Lab.TIME_TO_CONNECT.plusSeconds(5));
    try (Visit visit = lab.connect(alice, "login")) {
      firstEnd = lab.atLeast(alice, Duration.ofSeconds(10));
      Instant secondEnd = lab.gateway().buy(alice, Duration.ofSeconds(8));
      Visit.until(firstEnd.plus(Visit.PROMISE).plusSeconds(1));
      visit.assertOnline();
      visit.assertNeverReconnected();

      visit.assertCutAt(secondEnd, "Your time ended at", "Extend at", "[expired]");
    }
  }

  @Test
  void takesTheNetInBothDirectionsFromAClientThatIgnoresTheFarewell() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant end = lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (OpenVpnClient client = lab.gateway().client(wallet, "device").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        Stubborn.assertOffTheNetAt(end, client, packets);
      }
    }
  }

  @Test
  void anotherDeviceTakesThePlaceOfTheFirstAtItsFirstTry() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit first = lab.connect(wallet, "login");
        Visit second = lab.connect(wallet, "login")) {
      first.assertEnded("[replaced]");
      second.assertOnline();
      second.assertNeverReconnected();
    }
  }

  @Test
  void aWalletIsOnTheNetOnceWhicheverWayItComesIn() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    String pass = lab.gateway().password(wallet, "device");
    try (Visit byScript = lab.connect(lab.client(lab.server(), wallet, pass));
        Visit other = Visit.begin(byManagement, lab.client(byManagement, wallet, pass))) {
      byScript.assertEnded("[replaced]");
      other.assertUndisturbed();

      try (Visit again = lab.connect(wallet, "login")) {
        other.assertEnded("[replaced]");
        again.assertOnline();
      }
    }
  }
}

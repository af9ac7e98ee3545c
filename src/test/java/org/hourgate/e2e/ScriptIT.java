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

  @RegisterExtension
  static final Lab lab = Lab.with(server -> server.scripts().renegotiateEvery(INTERVAL));

  private static OpenVpnServer byManagement;

  @BeforeAll
  static void addAnInstanceThatAsksByManagement() throws Exception {
    byManagement = lab.another("other").start();
    lab.gateway().stopGate();
    lab.startGate(
        "--set",
        "openvpn[1].name=other",
        "--set",
        "openvpn[1].management=unix:" + byManagement.managementSocket());
  }

  @AfterAll
  static void stopIt() {
    byManagement.close();
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
  void keepsASessionOfALoginThroughRenegotiationsAndItsReconnect() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login")) {
      // The fourth begins only if the third was accepted.
      Handshakes.await(visit.client(), 0, 1 + 4);
      visit.assertOnline();
      visit.assertNeverReconnected();
      // The script waits for an answer, but not longer than OpenVPN can stand still; a busy machine
      // may
      // miss that once, and OpenVPN then looks again only after 8 s.
      assertThat(visit.pings().replies().gaps(SILENCE)).hasSizeLessThan(2);

      int mark = visit.client().output().mark();
      visit.client().process().signal("USR1");
      visit.client().awaitConnected(mark, Lab.LONG);
      visit.assertOnline();
      assertThat(lab.server().output().last("session-timeout 36")).isPresent();
    }
  }

  @Test
  void movesTheEndOfALiveSessionAndEndsItToTheSecond() throws Exception {
    WalletKey alice = LabGateway.ALICE;
    Instant firstEnd = lab.gateway().buy(alice, Lab.TIME_TO_CONNECT.plusSeconds(5));
    try (Visit visit = lab.connect(alice, "login")) {
      Instant secondEnd = lab.gateway().buy(alice, Duration.ofSeconds(6));
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

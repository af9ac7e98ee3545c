package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;

/** One wallet is on the net once, whatever its owner does; and a session outlives its belt. */
@Execution(CONCURRENT)
final class DevicesIT {

  private static final Duration BELT = Duration.ofSeconds(5);
  private static final Pattern ADDRESS = Pattern.compile("PUSH_REPLY.*ifconfig (\\S+) ");

  @RegisterExtension
  static final Lab lab = Lab.standard().and("expiry: { belt: " + BELT.toSeconds() + "s }");

  @Test
  void aSecondDeviceEndsTheFirstForGood() throws Exception {
    WalletKey wallet = paidWallet();
    try (Visit first = lab.connect(wallet, "device");
        Visit second = lab.connect(wallet, "device")) {
      assertReplaced(first, second);
    }
  }

  @Test
  void aProfileThatIsStartedAgainTakesItsOwnPlaceWithoutAWord() throws Exception {
    WalletKey wallet = paidWallet();
    OpenVpnClient.Builder profile = lab.gateway().client(wallet, "device");
    try (Visit crashed = lab.connect(profile)) {
      crashed.client().process().kill();
      try (Visit again = lab.connect(profile)) {
        Visit.until(Instant.now().plus(Stubborn.LEAK).plusSeconds(2));
        again.assertUndisturbed();
      }
    }
  }

  @Test
  void twoSpellingsOfAWalletAreOneWallet() throws Exception {
    WalletKey wallet = paidWallet();
    String pass = lab.gateway().password(wallet, "device");
    try (Visit lowerCase = lab.connect(named(wallet.address().lowerCase(), pass));
        Visit checksummed = lab.connect(named(wallet.address().checksummed(), pass))) {
      assertReplaced(lowerCase, checksummed);
      try (Visit upperCase =
          lab.connect(
              named(
                  "0x" + wallet.address().lowerCase().substring(2).toUpperCase(Locale.ROOT),
                  lab.gateway().password(wallet, "login")))) {
        assertReplaced(checksummed, upperCase);
      }
    }
  }

  @Test
  void revokingOnTheChainEndsWhatIsLiveAndRefusesWhatWasSignedBefore() throws Exception {
    WalletKey wallet = Anvil.key(3); // Has ether for the transaction.
    lab.grant(wallet, Duration.ofHours(1));
    OpenVpnClient.Builder profile = lab.gateway().client(wallet, "device");
    try (Visit visit = lab.connect(profile)) {
      lab.gateway().contract().revokeCredentials(wallet);

      visit.assertEnded("was revoked", "[revoked]");
    }
    try (OpenVpnClient again = profile.start()) {
      assertThat(again.output().await("AUTH_FAILED", Lab.LONG).text()).contains("[revoked]");
    }
    // The chain's clock may be ahead of ours, and what was signed by then is revoked.
    Visit.until(revokedTo(wallet).plusSeconds(1));
    try (Visit visit = lab.connect(wallet, "device")) {
      visit.assertUndisturbed();
    }
  }

  @Test
  void aSessionExtendedBeyondItsBeltIsReconnectedOnceAndGoesOn() throws Exception {
    WalletKey wallet = Lab.newWallet();
    Instant firstEnd = lab.grant(wallet, Lab.TIME_TO_CONNECT.multipliedBy(2));
    try (Visit visit = lab.connect(wallet, "login")) {
      lab.grant(wallet, Duration.ofHours(1));

      visit.client().output().await("Connection reset command was pushed", Lab.LONG);
      Visit.until(firstEnd.plus(BELT).plusSeconds(3));

      visit.assertOnline();
      assertThat(visit.connects()).isEqualTo(2);
      assertThat(addresses(visit)).hasSize(1);
    }
  }

  private static Instant revokedTo(WalletKey wallet) {
    return lab.gateway().contract().entitlementOf(wallet.address()).credentialsFrom();
  }

  private static WalletKey paidWallet() {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    return wallet;
  }

  private static OpenVpnClient.Builder named(String username, String password) {
    return OpenVpnClient.of(lab.server(), lab.gateway().network().addClient())
        .login(username, password);
  }

  private static void assertReplaced(Visit older, Visit newer) {
    older.assertEnded("Another device of this wallet has connected", "[replaced]");
    newer.assertUndisturbed();
    assertThat(older.lastPacket())
        .isBefore(
            newer
                .client()
                .output()
                .await("Initialization Sequence Completed", Lab.LONG)
                .readAt()
                .plus(Visit.PROMISE));
  }

  private static Set<String> addresses(Visit visit) {
    return visit.client().output().lines().stream()
        .flatMap(line -> ADDRESS.matcher(line.text()).results())
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toSet());
  }
}

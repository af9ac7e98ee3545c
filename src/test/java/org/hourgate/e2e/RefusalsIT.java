package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whoever is not let in reads why in the stock client, and nobody else notices that he tried: one
 * customer pings all the while, another connects after each test.
 */
final class RefusalsIT {

  private static final WalletKey ALICE = LabGateway.ALICE;
  private static final WalletKey BOB = Lab.newWallet();
  private static final WalletKey STRANGER = Lab.newWallet();
  private static final WalletKey CONTROL = Lab.newWallet();
  private static final WalletKey WITNESS = Lab.newWallet();
  private static final int MOST_AT_ONCE = 32;
  private static final int BURST = 200;
  private static final Duration LOGIN_LIFETIME = Duration.ofMinutes(5);
  private static final Pattern REFUSAL = Pattern.compile(".*AUTH_FAILED(.*)");
  private static final Pattern CODE = Pattern.compile(".*\\[([a-z_]+)]$");

  @RegisterExtension static final Lab lab = Lab.standard();

  private static Namespace crowd;
  private static Namespace controlHome;
  private static Visit witness;

  /** Who connects with what, and the code that the refusal must tell. */
  private record Attempt(String what, String username, String password, String code) {}

  @BeforeAll
  static void openHouse() throws Exception {
    crowd = lab.gateway().network().addCrowd(MOST_AT_ONCE);
    controlHome = lab.gateway().network().addClient();
    for (WalletKey wallet : List.of(ALICE, BOB, CONTROL, WITNESS)) {
      lab.grant(wallet, Duration.ofHours(1));
    }
    witness = lab.connect(WITNESS, "login");
  }

  @AfterAll
  static void witnessLeaves() {
    witness.close();
  }

  @AfterEach
  void nobodyElseNotices() throws Exception {
    controlConnects();
    witness.assertOnline();
    witness.assertNeverReconnected();
  }

  private static void controlConnects() throws Exception {
    try (OpenVpnClient control = lab.gateway().client(CONTROL, "login", controlHome).start()) {
      control.awaitConnected(Lab.LONG);
    }
  }

  @Test
  void refusesSignaturesThatAreNotTheWallets() throws Exception {
    IssuedNonce nonce = issue(ours(), ALICE, CredentialKind.LOGIN, Instant.now());
    IssuedNonce bobs = issue(ours(), BOB, CredentialKind.LOGIN, Instant.now());

    assertRefused(
        attempt("a signature of another text", ALICE, signed(nonce, ALICE, "x"), "bad_signature"),
        attempt("a signature of another wallet", ALICE, signed(nonce, BOB), "bad_signature"),
        attempt("another wallet's login", ALICE, signed(bobs, BOB), "nonce_forged"),
        attempt("a signature of zeros", ALICE, zeroSignature(nonce), "bad_password"),
        attempt("the twin with the high s", ALICE, highTwin(nonce), "bad_password"));
  }

  @Test
  void refusesTextsThatWereNotIssuedHereAndNow() throws Exception {
    Path otherKey = lab.gateway().network().directory().resolve("other.key");
    GatewayIdentity here = identity();
    URI elsewhere = URI.create("https://vpn.example.net");
    WalletAddress otherContract = STRANGER.address();
    Instant now = Instant.now();
    Instant tooEarly = now.minus(Duration.ofMinutes(10));

    assertRefused(
        login("a key of our own", authority(here, otherKey), ALICE, now, "nonce_forged"),
        login(
            "another page",
            authority(
                new GatewayIdentity(elsewhere, here.chainId(), here.contract()), gatewayKey()),
            ALICE,
            now,
            "nonce_forged"),
        login(
            "another chain",
            authority(new GatewayIdentity(here.publicUrl(), 1, here.contract()), gatewayKey()),
            ALICE,
            now,
            "nonce_forged"),
        login(
            "another contract",
            authority(
                new GatewayIdentity(here.publicUrl(), here.chainId(), otherContract), gatewayKey()),
            ALICE,
            now,
            "nonce_forged"),
        login("one that is over", ours(), ALICE, tooEarly, "nonce_expired"),
        login("one that is over, unpaid", ours(), STRANGER, tooEarly, "no_time"),
        login("one of a wallet without time", ours(), STRANGER, now, "no_time"),
        attempt("a longer life", ALICE, withByte(loginOf(ALICE), 5, 0x10), "nonce_forged"),
        attempt("the other kind", ALICE, withByte(loginOf(ALICE), 0, 2), "nonce_forged"),
        attempt("a kind nobody knows", ALICE, withByte(loginOf(ALICE), 0, 9), "bad_password"));
  }

  @Test
  void refusesALoginThatIsInUseOrWasUsed() throws Exception {
    String password = lab.gateway().password(BOB, "login");
    Attempt again = attempt("the same login", BOB, password, "nonce_used");
    try (OpenVpnClient bob =
        OpenVpnClient.of(lab.server(), lab.gateway().network().addClient())
            .login(BOB.address().checksummed(), password)
            .start()) {
      bob.awaitConnected(Lab.LONG);

      assertRefused(again);

      assertThat(bob.process().isAlive()).isTrue();
    }
    assertRefused(again);
  }

  @Test
  void refusesNamesThatAreNoWallet() throws Exception {
    String wallet = ALICE.address().checksummed();
    List<String> names =
        List.of(
            wallet.substring(0, 41),
            wallet + "0",
            "0X" + wallet.substring(2),
            wallet.substring(2),
            wallet.substring(0, 40) + wallet.substring(40).toLowerCase(Locale.ROOT),
            wallet + " ",
            " " + wallet,
            "\"" + wallet + "\"",
            "'" + wallet + "'",
            wallet + ",1,2,3",
            wallet + "=",
            wallet + "\\",
            "$(reboot)",
            "`reboot`; reboot",
            "../../etc/passwd",
            "END",
            "wällét 0x０１ \u2028 " + wallet,
            "0x" + "0".repeat(39) + "١",
            "a",
            "x".repeat(64));
    List<Attempt> attempts = new ArrayList<>();
    for (String name : names) {
      attempts.add(new Attempt(name, name, loginOf(ALICE), "bad_username"));
    }

    assertRefused(attempts.toArray(Attempt[]::new));
  }

  /** OpenVPN's own refusal, without a text: it has no room for such a name (ssl_verify.c). */
  @Test
  void isNotAskedAboutNamesAbove64Bytes() throws Exception {
    String wallet = ALICE.address().checksummed();
    assertRefused(
        new Attempt("65 letters", "x".repeat(65), loginOf(ALICE), ""),
        new Attempt("200 letters", "x".repeat(200), loginOf(ALICE), ""),
        new Attempt("a wallet and more", wallet + " ".repeat(40), loginOf(ALICE), ""));
  }

  @Test
  void takesAWalletInAnyCaseButAWrongOne() throws Exception {
    String digits = ALICE.address().checksummed().substring(2);
    for (String spelling :
        List.of("0x" + digits.toLowerCase(Locale.ROOT), "0x" + digits.toUpperCase(Locale.ROOT))) {
      try (OpenVpnClient client =
          OpenVpnClient.of(lab.server(), crowd)
              .login(spelling, loginOf(ALICE))
              .withoutDevice()
              .start()) {
        client.awaitConnected(Lab.LONG);
      }
    }
  }

  @Test
  void refusesPasswordsOfAnyOtherShape() throws Exception {
    String right = loginOf(ALICE);
    int last = right.length() - 1;
    assertRefused(
        attempt("one letter", ALICE, "x", "bad_password"),
        attempt("500 letters", ALICE, "A".repeat(500), "bad_password"),
        attempt("1500 letters", ALICE, "A".repeat(1500), "bad_password"),
        attempt("all letters of a login", ALICE, "A".repeat(118), "bad_password"),
        attempt("one letter short", ALICE, right.substring(0, last), "bad_password"),
        attempt("four letters short", ALICE, right.substring(0, last - 3), "bad_password"),
        attempt("one letter more", ALICE, right + "A", "bad_password"),
        attempt("padding", ALICE, right + "==", "bad_password"),
        attempt(
            "other stray bits",
            ALICE,
            right.substring(0, last) + (char) (right.charAt(last) + 1),
            "bad_password"),
        attempt("a blank behind", ALICE, right + " ", "bad_password"),
        attempt("quotes", ALICE, "\"" + right + "\"", "bad_password"),
        attempt("UTF-8", ALICE, "pässwörd", "bad_password"),
        attempt("a forged token", ALICE, token(), "nonce_forged"),
        attempt("a forged token of OpenVPN", ALICE, "SESS_ID_AT_" + "A".repeat(80), "bad_password"),
        attempt("a command", ALICE, "x\" client-auth-nt 0 1", "bad_password"));
  }

  /** The client drops control characters only after it has made sure that nothing is empty. */
  @Test
  void refusesEmptyNamesAndPasswords() throws Exception {
    assertRefused(attempt("an empty password", ALICE, "\u0001", "bad_password"));

    try (OpenVpnClient nobody = connect("\u0001", loginOf(ALICE), 0)) {
      // OpenVPN's own refusal, without a text: it does not ask us about nobody.
      assertThat(refusal(nobody)).isEmpty();
    }
  }

  @Test
  void admitsAPaidCustomerInABurstOfGarbage() throws Exception {
    List<OpenVpnClient> burst = new ArrayList<>();
    for (int i = 0; i < BURST; i++) {
      burst.add(connect(ALICE.address().checksummed(), "garbage" + i, 0));
    }
    controlConnects();

    for (OpenVpnClient client : burst) {
      assertThat(refusal(client)).endsWith("[bad_password]");
      client.close();
    }
  }

  @Test
  void limitsTriesBySource() throws Exception {
    lab.gateway().stopGate();
    lab.gateway()
        .startGate(
            "--set",
            "limits.connects-per-source=2/1d",
            "--set",
            "limits.exempt=" + crowd.addresses().get(2));
    try {
      String right = loginOf(ALICE);
      assertSignatureRefused(0);
      assertSignatureRefused(0);
      try (OpenVpnClient limited = connect(ALICE.address().checksummed(), right, 0)) {
        assertThat(refusal(limited)).contains("TEMP[").endsWith("[rate_limited]");
      }
      try (OpenVpnClient other = connect(ALICE.address().checksummed(), right, 1)) {
        other.awaitConnected(Lab.LONG);
      }
      for (int i = 0; i < 3; i++) {
        assertSignatureRefused(2);
      }
    } finally {
      lab.gateway().stopGate();
      lab.gateway().startGate();
    }
  }

  private static void assertSignatureRefused(int address) throws Exception {
    IssuedNonce nonce = issue(ours(), ALICE, CredentialKind.LOGIN, Instant.now());
    try (OpenVpnClient client =
        connect(ALICE.address().checksummed(), signed(nonce, BOB), address)) {
      assertThat(refusal(client)).endsWith("[bad_signature]");
    }
  }

  /** All of them at once, each from an address of its own. */
  private static void assertRefused(Attempt... attempts) {
    Map<String, String> expected = new LinkedHashMap<>();
    Map<String, String> told = new LinkedHashMap<>();
    List<OpenVpnClient> clients = new ArrayList<>();
    for (int i = 0; i < attempts.length; i++) {
      expected.put(attempts[i].what, attempts[i].code);
      clients.add(connect(attempts[i].username, attempts[i].password, i));
    }
    for (int i = 0; i < attempts.length; i++) {
      String refusal = refusal(clients.get(i));
      Matcher code = CODE.matcher(refusal);
      told.put(attempts[i].what, code.matches() ? code.group(1) : refusal);
      assertThat(clients.get(i).process().awaitExit(Lab.LONG)).isZero();
    }
    assertThat(told).isEqualTo(expected);
  }

  private static OpenVpnClient connect(String username, String password, int address) {
    return OpenVpnClient.of(lab.server(), crowd)
        .login(username, password)
        .withoutDevice()
        .from(crowd.addresses().get(address))
        .start();
  }

  /** Returns what the client shows behind AUTH_FAILED. */
  private static String refusal(OpenVpnClient client) {
    Matcher line = REFUSAL.matcher(client.output().await("AUTH_FAILED", Lab.LONG).text().strip());
    assertThat(line.matches()).isTrue();
    return line.group(1);
  }

  private static Attempt attempt(String what, WalletKey wallet, String password, String code) {
    return new Attempt(what, wallet.address().checksummed(), password, code);
  }

  private static Attempt login(
      String what, CredentialAuthority issuer, WalletKey wallet, Instant issuedAt, String code) {
    IssuedNonce nonce = issue(issuer, wallet, CredentialKind.LOGIN, issuedAt);
    return attempt(what, wallet, signed(nonce, wallet), code);
  }

  private static String loginOf(WalletKey wallet) throws Exception {
    return lab.gateway().password(wallet, "login");
  }

  private static IssuedNonce issue(
      CredentialAuthority issuer, WalletKey wallet, CredentialKind kind, Instant issuedAt) {
    return issuer.issue(wallet.address(), kind, issuedAt, LOGIN_LIFETIME);
  }

  private static String signed(IssuedNonce nonce, WalletKey signer) {
    return signed(nonce, signer, "");
  }

  private static String signed(IssuedNonce nonce, WalletKey signer, String addition) {
    return password(nonce, signer.signPersonal(nonce.message() + addition));
  }

  private static String password(IssuedNonce nonce, byte[] signature) {
    return nonce.passwordPrefix() + base64(signature);
  }

  private static String zeroSignature(IssuedNonce nonce) {
    return password(nonce, new byte[64]);
  }

  /** (r, n - s, other v) recovers the same key as (r, s, v). */
  private static String highTwin(IssuedNonce nonce) {
    byte[] signature = ALICE.signPersonal(nonce.message());
    BigInteger order =
        new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
    byte[] high = order.subtract(s).toByteArray();
    System.arraycopy(high, high.length - 32, signature, 32, 32);
    signature[64] = (byte) (signature[64] == 27 ? 28 : 27);
    return password(nonce, signature);
  }

  private static String withByte(String password, int index, int value) {
    byte[] bytes = Base64.getUrlDecoder().decode(password);
    bytes[index] = (byte) value;
    return base64(bytes);
  }

  /** A reconnect token of a gateway with another key would look like this. */
  private static String token() {
    byte[] token = new byte[48];
    new SecureRandom().nextBytes(token);
    token[0] = 3;
    Instant now = Instant.now();
    byte[] seconds = BigInteger.valueOf(now.getEpochSecond()).toByteArray();
    System.arraycopy(seconds, seconds.length - 4, token, 1, 4);
    return base64(token);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static CredentialAuthority ours() {
    return authority(identity(), gatewayKey());
  }

  private static CredentialAuthority authority(GatewayIdentity identity, Path key) {
    return new CredentialAuthority(
        identity, GatewayKeys.load(key), SignatureRecovery.best(), new SecureRandom());
  }

  private static GatewayIdentity identity() {
    return new GatewayIdentity(
        lab.gateway().shop(), Anvil.CHAIN_ID, lab.gateway().contract().address());
  }

  private static Path gatewayKey() {
    return lab.gateway().network().directory().resolve("gateway.key");
  }
}

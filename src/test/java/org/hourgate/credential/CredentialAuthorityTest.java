package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialAuthorityTest {
  private static final WalletAddress CONTRACT =
      WalletAddress.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3");
  private static final GatewayIdentity GATEWAY =
      new GatewayIdentity(URI.create("https://vpn.example.org:8443"), 31337, CONTRACT);
  private static final WalletKey KEY =
      WalletKey.parse("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
  private static final WalletAddress OTHER_WALLET =
      WalletAddress.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
  private static final String FIRST_KEY = "11".repeat(32);
  private static final String SECOND_KEY = "22".repeat(32);
  private static final Instant NOW = Instant.parse("2026-11-21T18:00:00.75Z");
  private static final Duration LIFETIME = Duration.ofMinutes(5);

  @TempDir private Path folder;
  private CredentialAuthority authority;

  @BeforeEach
  void makeAuthority() throws IOException {
    authority = authority(GATEWAY, FIRST_KEY);
  }

  @Test
  void acceptsALoginInBothSpellingsOfTheSignature() {
    IssuedNonce issued = authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME);
    byte[] signature = KEY.signPersonal(issued.message());

    Credential.Signed expanded = signed(issued.passwordPrefix() + base64(signature));
    Credential.Signed compact = signed(issued.passwordPrefix() + base64(compact(signature)));

    assertThat(compact).isEqualTo(expanded);
    assertThat(isAccepted(authority, KEY.address(), compact)).isTrue();
    assertThat(compact.issuedAt()).isEqualTo(Instant.parse("2026-11-21T18:00:00Z"));
    assertThat(compact.expires())
        .isEqualTo(issued.expires())
        .isEqualTo(Instant.parse("2026-11-21T18:05:00Z"));
  }

  @Test
  void signedPasswordsAndTokensHaveTheAgreedLengths() {
    IssuedNonce issued = authority.issue(KEY.address(), CredentialKind.DEVICE, NOW, LIFETIME);
    byte[] signature = KEY.signPersonal(issued.message());

    assertThat(issued.passwordPrefix()).hasSize(32);
    assertThat(issued.passwordPrefix() + base64(compact(signature))).hasSize(118);
    assertThat(issued.passwordPrefix() + base64(signature)).hasSize(119);
    assertThat(token(authority)).hasSize(64);
  }

  @Test
  void acceptsTheTokenItMinted() {
    Credential token = PasswordDecoder.decode(token(authority)).orElseThrow();

    assertThat(authority.isAuthentic(KEY.address(), token)).isTrue();
    assertThat(token.kind()).isEqualTo(CredentialKind.TOKEN);
    assertThat(token.deviceId()).isEqualTo(new DeviceId("0123456789abcdef"));
    assertThat(token.expires()).isEqualTo(Instant.parse("2026-11-21T18:05:00Z"));
  }

  @Test
  void refusesWhatWasMadeForAnotherWallet() {
    assertThat(authority.isAuthentic(OTHER_WALLET, login(authority))).isFalse();
    assertThat(authority.isSignedBy(OTHER_WALLET, login(authority))).isFalse();
    assertThat(authority.isAuthentic(OTHER_WALLET, decode(token(authority)))).isFalse();
  }

  @Test
  void refusesWhatWasMadeForAnotherGatewayChainOrContract() throws IOException {
    for (GatewayIdentity other :
        new GatewayIdentity[] {
          new GatewayIdentity(URI.create("https://vpn.example.net:8443"), 31337, CONTRACT),
          new GatewayIdentity(URI.create("https://vpn.example.org"), 31337, CONTRACT),
          new GatewayIdentity(URI.create("https://vpn.example.org:8443/b"), 31337, CONTRACT),
          new GatewayIdentity(URI.create("https://vpn.example.org:8443"), 1, CONTRACT),
          new GatewayIdentity(URI.create("https://vpn.example.org:8443"), 31337, OTHER_WALLET),
        }) {
      CredentialAuthority elsewhere = authority(other, FIRST_KEY);

      assertThat(authority.isAuthentic(KEY.address(), login(elsewhere))).as("%s", other).isFalse();
      assertThat(authority.isSignedBy(KEY.address(), login(elsewhere))).as("%s", other).isFalse();
      assertThat(authority.isAuthentic(KEY.address(), decode(token(elsewhere))))
          .as("%s", other)
          .isFalse();
    }
  }

  @Test
  void refusesALoginThatIsPresentedAsADevicePass() {
    Credential.Signed login = login(authority);
    Credential.Signed device =
        new Credential.Signed(
            CredentialKind.DEVICE,
            login.issuedAt(),
            login.lifetime(),
            login.nonce(),
            login.signature());

    assertThat(authority.isAuthentic(KEY.address(), device)).isFalse();
    assertThat(authority.isSignedBy(KEY.address(), device)).isFalse();
  }

  @Test
  void opensTheWebSessionsItSealedAndNoOthers() throws IOException {
    WebSession session =
        new WebSession(
            KEY.address(),
            Instant.ofEpochSecond(NOW.getEpochSecond()),
            login(authority).deviceId(),
            Instant.ofEpochSecond(NOW.getEpochSecond() + 86_400));
    String sealed = authority.sealWebSession(session);

    assertThat(sealed).matches("[A-Za-z0-9_-]{92}");
    assertThat(authority.openWebSession(sealed)).contains(session);
    assertThat(authority(GATEWAY, SECOND_KEY + "\n" + FIRST_KEY).openWebSession(sealed))
        .contains(session);
    assertThat(authority(GATEWAY, SECOND_KEY).openWebSession(sealed)).isEmpty();
    assertThat(
            authority(
                    new GatewayIdentity(URI.create("https://vpn.example.net"), 31337, CONTRACT),
                    FIRST_KEY)
                .openWebSession(sealed))
        .isEmpty();
    for (int i = 0; i < sealed.length(); i++) {
      String changed =
          sealed.substring(0, i) + (sealed.charAt(i) == 'A' ? 'B' : 'A') + sealed.substring(i + 1);
      assertThat(authority.openWebSession(changed)).as("character %d", i).isEmpty();
    }
    for (String other : new String[] {"", "=", "A".repeat(92), sealed + "=", token(authority)}) {
      assertThat(authority.openWebSession(other)).isEmpty();
    }
  }

  @Test
  void refusesASelfMadeNonceAlthoughTheWalletSignedIt() throws IOException {
    Credential.Signed forged = login(authority(GATEWAY, SECOND_KEY));

    assertThat(authority.isSignedBy(KEY.address(), forged)).isTrue();
    assertThat(authority.isAuthentic(KEY.address(), forged)).isFalse();
  }

  @Test
  void acceptsWhatThePreviousKeyMadeAndMakesWithTheNewOne() throws IOException {
    CredentialAuthority rotated = authority(GATEWAY, SECOND_KEY + "\n" + FIRST_KEY);
    CredentialAuthority finished = authority(GATEWAY, SECOND_KEY);

    assertThat(isAccepted(rotated, KEY.address(), login(authority))).isTrue();
    assertThat(rotated.isAuthentic(KEY.address(), decode(token(authority)))).isTrue();
    assertThat(isAccepted(finished, KEY.address(), login(rotated))).isTrue();
    assertThat(finished.isAuthentic(KEY.address(), decode(token(rotated)))).isTrue();
    assertThat(isAccepted(finished, KEY.address(), login(authority))).isFalse();
    assertThat(finished.isAuthentic(KEY.address(), decode(token(authority)))).isFalse();
  }

  @Test
  void refusesASignatureOfTheBareNonce() {
    IssuedNonce issued = authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME);
    byte[] signature = KEY.signPersonal(issued.passwordPrefix());
    Credential.Signed credential = signed(issued.passwordPrefix() + base64(signature));

    assertThat(authority.isSignedBy(KEY.address(), credential)).isFalse();
  }

  @Test
  void noFlippedBitOfAPasswordIsAccepted() {
    IssuedNonce issued = authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME);
    byte[] signature = KEY.signPersonal(issued.message());
    String compact = issued.passwordPrefix() + base64(compact(signature));
    String expanded = issued.passwordPrefix() + base64(signature);

    for (String password : new String[] {compact, expanded, token(authority)}) {
      byte[] bytes = Base64.getUrlDecoder().decode(password);
      assertThat(isAccepted(authority, KEY.address(), decode(base64(bytes)))).isTrue();
      for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
        byte[] flipped = bytes.clone();
        flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        assertThat(
                PasswordDecoder.decode(base64(flipped))
                    .filter(credential -> isAccepted(authority, KEY.address(), credential)))
            .as("bit %d of %d bytes", bit, bytes.length)
            .isEmpty();
      }
    }
  }

  @Test
  void noReplacedCharacterOfAPasswordIsAccepted() {
    String alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\u0000é";
    IssuedNonce issued = authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME);
    String password = issued.passwordPrefix() + base64(compact(KEY.signPersonal(issued.message())));

    for (int i = 0; i < password.length(); i++) {
      for (int j = 0; j < alphabet.length(); j++) {
        String changed = password.substring(0, i) + alphabet.charAt(j) + password.substring(i + 1);
        assertThat(
                PasswordDecoder.decode(changed)
                    .filter(credential -> isAccepted(authority, KEY.address(), credential))
                    .isPresent())
            .as("character %d replaced by %s", i, alphabet.charAt(j))
            .isEqualTo(changed.equals(password));
      }
    }
  }

  @Test
  void issuesAnotherNonceEachTime() {
    assertThat(authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME))
        .isNotEqualTo(authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME));
  }

  @Test
  void aTokenAndItsCredentialShareTheDeviceId() {
    Credential.Signed login = login(authority);
    String password =
        authority.mintToken(KEY.address(), login.issuedAt(), LIFETIME, login.deviceId());

    assertThat(decode(password).deviceId()).isEqualTo(login.deviceId());
  }

  @Test
  void refusesLifetimesThatDoNotFit() {
    for (Duration lifetime :
        new Duration[] {
          Duration.ZERO, Duration.ofSeconds(-1), Credential.MAX_LIFETIME.plusSeconds(1)
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> authority.issue(KEY.address(), CredentialKind.DEVICE, NOW, lifetime));
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  authority.mintToken(
                      KEY.address(), NOW, lifetime, new DeviceId("0123456789abcdef")));
    }
    IssuedNonce longest =
        authority.issue(KEY.address(), CredentialKind.DEVICE, NOW, Credential.MAX_LIFETIME);
    String password = longest.passwordPrefix() + base64(KEY.signPersonal(longest.message()));
    assertThat(decode(password).lifetime()).isEqualTo(Credential.MAX_LIFETIME);
    assertThat(isAccepted(authority, KEY.address(), decode(password))).isTrue();
  }

  @Test
  void issuesNothingThatAWalletDoesNotSign() {
    for (CredentialKind kind :
        new CredentialKind[] {CredentialKind.TOKEN, CredentialKind.APPROVAL}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> authority.issue(KEY.address(), kind, NOW, LIFETIME));
    }
  }

  @Test
  void worksBeyondTheYear2038() {
    Instant late = Instant.parse("2100-01-01T00:00:00Z");
    IssuedNonce issued = authority.issue(KEY.address(), CredentialKind.LOGIN, late, LIFETIME);
    Credential credential =
        decode(issued.passwordPrefix() + base64(KEY.signPersonal(issued.message())));

    assertThat(credential.issuedAt()).isEqualTo(late);
    assertThat(isAccepted(authority, KEY.address(), credential)).isTrue();
  }

  @Test
  void writesNoSecret() {
    IssuedNonce issued = authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME);
    Credential.Signed login = login(authority);
    Credential.Token token = (Credential.Token) decode(token(authority));

    assertThat(issued.toString()).doesNotContain(issued.passwordPrefix()).doesNotContain("Nonce:");
    assertThat(login.toString())
        .doesNotContain(login.nonce().hex())
        .doesNotContain(login.signature().r().toString(16));
    assertThat(login.nonce().toString()).doesNotContain(login.nonce().hex());
    assertThat(login.signature().toString()).isEqualTo("EthereumSignature[hidden]");
    assertThat(token.toString()).doesNotContain(token.mac());
  }

  private CredentialAuthority authority(GatewayIdentity gateway, String keyLines)
      throws IOException {
    Path file =
        Files.createTempFile(
            folder,
            "gateway",
            ".key",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, keyLines + "\n");
    return new CredentialAuthority(
        gateway, GatewayKeys.load(file), SignatureRecovery.best(), new Random(7));
  }

  private static Credential.Signed login(CredentialAuthority authority) {
    IssuedNonce issued = authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME);
    return signed(issued.passwordPrefix() + base64(KEY.signPersonal(issued.message())));
  }

  private static String token(CredentialAuthority authority) {
    return authority.mintToken(KEY.address(), NOW, LIFETIME, new DeviceId("0123456789abcdef"));
  }

  private static boolean isAccepted(
      CredentialAuthority authority, WalletAddress wallet, Credential credential) {
    return authority.isAuthentic(wallet, credential)
        && switch (credential) {
          case Credential.Signed signed -> authority.isSignedBy(wallet, signed);
          case Credential.Token _ -> true;
        };
  }

  private static Credential decode(String password) {
    return PasswordDecoder.decode(password).orElseThrow();
  }

  private static Credential.Signed signed(String password) {
    return (Credential.Signed) decode(password);
  }

  /** EIP-2098: the parity moves into the highest bit of s. */
  private static byte[] compact(byte[] expanded) {
    byte[] compact = Arrays.copyOf(expanded, 64);
    compact[32] |= (byte) ((expanded[64] - 27) << 7);
    return compact;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A signature that lets one waiting connection in, and nothing else. */
final class ApprovalTest {

  private static final WalletKey KEY =
      WalletKey.parse("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
  private static final WalletKey OTHER =
      WalletKey.parse("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration LIFETIME = Duration.ofMinutes(5);
  private static final WaitingConnection WAITING =
      new WaitingConnection(KEY.address(), "udp", "AAAAAAAAAAAAAAAAAAAAAA", "203.0.113.7");

  @TempDir private Path folder;
  private CredentialAuthority authority;

  @BeforeEach
  void makeAuthority() {
    authority =
        new CredentialAuthority(
            new GatewayIdentity(URI.create("https://vpn.example.org"), 31337, OTHER.address()),
            GatewayKeys.load(folder.resolve("gateway.key")),
            SignatureRecovery.best(),
            new Random(7));
  }

  @Test
  void letsItsConnectionIn() {
    Approval approval = approval(KEY, WAITING);

    assertThat(authority.isAuthentic(WAITING, approval)).isTrue();
    assertThat(authority.isSignedBy(WAITING, approval)).isTrue();
    assertThat(approval.expires()).isEqualTo(NOW.plus(LIFETIME));
  }

  @Test
  void saysWhichDeviceWaitsWhere() {
    assertThat(authority.issueApproval(WAITING, NOW, LIFETIME).message())
        .contains(
            "Let the device at 203.0.113.7 use the VPN udp ",
            "Its connection is AAAAAAAAAAAAAAAAAAAAAA.",
            "This moves no funds.");
  }

  @Test
  void isGoodForNoOtherConnection() {
    Approval approval = approval(KEY, WAITING);

    for (WaitingConnection other :
        List.of(
            new WaitingConnection(OTHER.address(), "udp", WAITING.id(), WAITING.address()),
            new WaitingConnection(KEY.address(), "tcp", WAITING.id(), WAITING.address()),
            new WaitingConnection(
                KEY.address(), "udp", "AAAAAAAAAAAAAAAAAAAAAB", WAITING.address()),
            new WaitingConnection(KEY.address(), "udp", WAITING.id(), "203.0.113.8"))) {
      assertThat(authority.isAuthentic(other, approval)).as(other.toString()).isFalse();
      assertThat(authority.isSignedBy(other, approval)).as(other.toString()).isFalse();
    }
  }

  @Test
  void isRefusedFromAnotherWallet() {
    assertThat(authority.isSignedBy(WAITING, approval(OTHER, WAITING))).isFalse();
  }

  @Test
  void isNoPasswordAndNoPasswordIsOne() {
    IssuedNonce issued = authority.issueApproval(WAITING, NOW, LIFETIME);
    String text = issued.passwordPrefix() + signature(KEY, issued);
    assertThat(Approval.decode(text)).isPresent();
    assertThat(PasswordDecoder.decode(text)).isEmpty();

    IssuedNonce login = authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME);
    String password = login.passwordPrefix() + signature(KEY, login);
    assertThat(PasswordDecoder.decode(password)).isPresent();
    assertThat(Approval.decode(password)).isEmpty();
    assertThat(Approval.decode(text + "A")).isEmpty();
    assertThat(Approval.decode("")).isEmpty();
  }

  @Test
  void theNonceOfAPasswordIsNoneOfAnApproval() {
    IssuedNonce login = authority.issue(KEY.address(), CredentialKind.LOGIN, NOW, LIFETIME);
    Credential.Signed signed =
        (Credential.Signed)
            PasswordDecoder.decode(login.passwordPrefix() + signature(KEY, login)).orElseThrow();

    Approval disguised =
        new Approval(signed.issuedAt(), signed.lifetime(), signed.nonce(), signed.signature());

    assertThat(authority.isAuthentic(WAITING, disguised)).isFalse();
  }

  @Test
  void namesNothingThatCouldForgeALineOfTheText() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new WaitingConnection(KEY.address(), "udp", WAITING.id(), "1.2.3.4\nURI: x"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new WaitingConnection(KEY.address(), "a b", WAITING.id(), WAITING.address()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WaitingConnection(KEY.address(), "udp", "short", WAITING.address()));
  }

  private Approval approval(WalletKey key, WaitingConnection connection) {
    IssuedNonce issued = authority.issueApproval(connection, NOW, LIFETIME);
    return Approval.decode(issued.passwordPrefix() + signature(key, issued)).orElseThrow();
  }

  private static String signature(WalletKey key, IssuedNonce issued) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.signPersonal(issued.message()));
  }
}

package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SignatureRequestTest {

  private static final URI SERVER = URI.create("https://vpn.example.org:8443");
  private static final WalletAddress WALLET =
      WalletAddress.parse("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
  private static final GatewayIdentity GATEWAY =
      new GatewayIdentity(
          SERVER, 31337, WalletAddress.parse("0x5fbdb2315678afecb367f032d93f642f64180aa3"));
  private static final String TEXT =
      new SignInText(GATEWAY)
          .of(
              WALLET,
              CredentialKind.LOGIN,
              Instant.parse("2026-11-21T12:00:00Z"),
              Instant.parse("2026-11-21T12:05:00Z"),
              new Nonce("00112233445566778899aabbccddeeff"));

  @Test
  void hasNothingAgainstTheTextThatWasAskedFor() {
    assertThat(objection(TEXT)).isEmpty();
  }

  @Test
  void objectsToAnotherServersText() {
    assertThat(
            SignatureRequest.objection(
                TEXT, URI.create("https://vpn.example.org"), WALLET, CredentialKind.LOGIN))
        .hasValueSatisfying(
            words ->
                assertThat(words)
                    .contains(
                        "a signature for vpn.example.org:8443, but we asked vpn.example.org:"));
  }

  @Test
  void objectsToATextOfAnotherKindOrWallet() {
    assertThat(SignatureRequest.objection(TEXT, SERVER, WALLET, CredentialKind.DEVICE)).isPresent();
    assertThat(SignatureRequest.objection(TEXT, SERVER, GATEWAY.contract(), CredentialKind.LOGIN))
        .isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "This moves no funds. | This moves all funds.",
        "Version: 1 | Version: 2",
        "URI: https://vpn.example.org:8443 | URI: https://evil.example.org",
        "Nonce: 00 | Nonce: zz",
        "Issued At: 2026 | Issued At: yesterday",
        "Expiration Time: 2026-11-21T12:05:00Z | Expiration Time: 2026-11-21T12:05:00.0Z",
        "eip155:31337: | eip155:1:",
        "Resources: | Request ID: 1\\nResources:",
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8 | 0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
        "wants you to sign in | wants you to pay",
      })
  void objectsToAnyOtherWord(String found, String replacement) {
    assertThat(TEXT).contains(found);
    assertThat(objection(TEXT.replace(found, replacement.replace("\\n", "\n")))).isPresent();
  }

  @Test
  void objectsToWhatIsAddedInFrontOrBehind() {
    assertThat(objection(TEXT + "\n")).isPresent();
    assertThat(objection(TEXT + "\n- https://evil.example.org")).isPresent();
    assertThat(objection("https://" + TEXT)).isPresent();
    assertThat(objection("")).isPresent();
    assertThat(objection("0xdeadbeef")).isPresent();
  }

  private static Optional<String> objection(String text) {
    return SignatureRequest.objection(text, SERVER, WALLET, CredentialKind.LOGIN);
  }
}

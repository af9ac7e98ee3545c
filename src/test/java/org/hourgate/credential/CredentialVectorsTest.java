package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Constants made by other programs: texts by siwe 3.0.0 (its ABNF parser reads them back) and viem
 * 2.57.20, signatures by ethers 6.17.0, viem and cast 1.7.1, MACs by node's crypto module. The key
 * is the first development account of anvil, the gateway key is 32 times 0x11, the random bytes are
 * 0. Passwords out in the field depend on every byte here.
 */
class CredentialVectorsTest {
  private static final WalletAddress CONTRACT =
      WalletAddress.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3");
  private static final WalletKey KEY =
      WalletKey.parse("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
  private static final Instant NOW = Instant.parse("2026-11-21T18:00:00Z");

  @TempDir private Path folder;
  private GatewayKeys keys;

  @BeforeEach
  void writeKeyFile() throws IOException {
    Path file =
        Files.createFile(
            folder.resolve("gateway.key"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, "11".repeat(32) + "\n");
    keys = GatewayKeys.load(file);
  }

  @Test
  void loginWithOddParity() {
    verify(
        "https://vpn.example.org:8443",
        CredentialKind.LOGIN,
        Duration.ofMinutes(5),
        """
        vpn.example.org:8443 wants you to sign in with your Ethereum account:
        0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266

        Log in to the VPN once, with the time this account has paid for. This moves no funds.

        URI: https://vpn.example.org:8443
        Version: 1
        Chain ID: 31337
        Nonce: 0000000087c8ffc337cfa50cde51bffc
        Issued At: 2026-11-21T18:00:00Z
        Expiration Time: 2026-11-21T18:05:00Z
        Resources:
        - eip155:31337:0x5FbDB2315678afecb367f032d93F642f64180aa3""",
        "AWsB3CAAASwAAAAAh8j_wzfPpQzeUb_8FgH1vCTQn82IrovQOKneyReumRNMn6uvzPlNJuIyFsaLkTaDXRAYRjOY4cPb"
            + "gCSe9KP6LkGw7Phzrz0iFJjf0Q",
        "AWsB3CAAASwAAAAAh8j_wzfPpQzeUb_8FgH1vCTQn82IrovQOKneyReumRNMn6uvzPlNJuIyFsYLkTaDXRAYRjOY4cPb"
            + "gCSe9KP6LkGw7Phzrz0iFJjf0Rw",
        "A2sB3CAAASzT6qGBMHzauc-v64Kr5CfP1x0HvuoGOBevjN3StGw-iwIqUotUMuCg");
  }

  @Test
  void loginWithEvenParity() {
    verify(
        "https://vpn.example.org:8443",
        CredentialKind.LOGIN,
        Duration.ofSeconds(302),
        """
        vpn.example.org:8443 wants you to sign in with your Ethereum account:
        0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266

        Log in to the VPN once, with the time this account has paid for. This moves no funds.

        URI: https://vpn.example.org:8443
        Version: 1
        Chain ID: 31337
        Nonce: 00000000444445e2bddbc6d8ccda25a7
        Issued At: 2026-11-21T18:00:00Z
        Expiration Time: 2026-11-21T18:05:02Z
        Resources:
        - eip155:31337:0x5FbDB2315678afecb367f032d93F642f64180aa3""",
        "AWsB3CAAAS4AAAAARERF4r3bxtjM2iWnp6cuQoJ0b1kXJFimPzkIi5Bo14cbtTZTP3q0EDW5FsklgsoFXE3M_t1C4gCi"
            + "f9JoMz2x1Ez7T0FagO7BpxiSiw",
        "AWsB3CAAAS4AAAAARERF4r3bxtjM2iWnp6cuQoJ0b1kXJFimPzkIi5Bo14cbtTZTP3q0EDW5FsklgsoFXE3M_t1C4gCi"
            + "f9JoMz2x1Ez7T0FagO7BpxiSixs",
        "A2sB3CAAAS4PmNg1zY8VSZljHewHvU9yYgyMHWHhE9IIHSmNxLI3YQKPmvm3lDTM");
  }

  @Test
  void devicePassOfAGatewayWithAPath() {
    verify(
        "https://vpn.example.org/gw",
        CredentialKind.DEVICE,
        Duration.ofDays(30),
        """
        vpn.example.org wants you to sign in with your Ethereum account:
        0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266

        Make a device pass: until it expires, whoever holds it can use the VPN time this account \
        has paid for. This moves no funds.

        URI: https://vpn.example.org/gw
        Version: 1
        Chain ID: 31337
        Nonce: 0000000019a9a6a770d317447d8063ef
        Issued At: 2026-11-21T18:00:00Z
        Expiration Time: 2026-12-21T18:00:00Z
        Resources:
        - eip155:31337:0x5FbDB2315678afecb367f032d93F642f64180aa3""",
        "AmsB3CAnjQAAAAAAGammp3DTF0R9gGPvZl3QeEc5fbCMtCq1Pfzlohi66F-wUSMg9Mi-PHIzjSfRxMnSuI3qPFPADNA7"
            + "HhKiO8U1P43eGtc2luRARaWGuw",
        "AmsB3CAnjQAAAAAAGammp3DTF0R9gGPvZl3QeEc5fbCMtCq1Pfzlohi66F-wUSMg9Mi-PHIzjSdRxMnSuI3qPFPADNA7"
            + "HhKiO8U1P43eGtc2luRARaWGuxw",
        "A2sB3CAnjQAIEB90cigVmwk5OUIC8Kb4rlB1WUL2SLyqO8Bqx9uixb2l_2e01p8e");
  }

  private void verify(
      String publicUrl,
      CredentialKind kind,
      Duration lifetime,
      String message,
      String compact,
      String expanded,
      String token) {
    CredentialAuthority authority =
        new CredentialAuthority(
            new GatewayIdentity(URI.create(publicUrl), 31337, CONTRACT),
            keys,
            SignatureRecovery.best(),
            () -> 0);

    IssuedNonce issued = authority.issue(KEY.address(), kind, NOW, lifetime);
    assertThat(issued.message()).isEqualTo(message);
    assertThat(issued.passwordPrefix()).isEqualTo(compact.substring(0, 32));
    assertThat(issued.passwordPrefix() + base64(KEY.signPersonal(message))).isEqualTo(expanded);

    for (String password : new String[] {compact, expanded}) {
      Credential.Signed signed = (Credential.Signed) PasswordDecoder.decode(password).orElseThrow();
      assertThat(signed.kind()).isEqualTo(kind);
      assertThat(authority.isAuthentic(KEY.address(), signed)).isTrue();
      assertThat(authority.isSignedBy(KEY.address(), signed)).isTrue();
      assertThat(authority.mintToken(KEY.address(), NOW, lifetime, signed.deviceId()))
          .isEqualTo(token);
    }
    assertThat(authority.isAuthentic(KEY.address(), PasswordDecoder.decode(token).orElseThrow()))
        .isTrue();
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

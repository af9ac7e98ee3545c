package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalletKeyTest {
  private static final String SECRET =
      "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

  @Test
  void derivesTheAddress() {
    assertThat(WalletKey.parse(SECRET).address().checksummed())
        .isEqualTo("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    assertThat(WalletKey.parse("0".repeat(63) + "1").address())
        .isEqualTo(new WalletAddress("7e5f4552091a69125d5dfcb7b8c2659029395bdf"));
  }

  @ParameterizedTest
  @ValueSource(strings = {SECRET, "0x" + SECRET, SECRET + "\n", " 0x" + SECRET + "\r\n"})
  void readsALineAsToolsWriteIt(String line) {
    assertThat(WalletKey.parse(line).address())
        .isEqualTo(new WalletAddress("f39fd6e51aad88f6f4ce6ab8827279cfffb92266"));
  }

  @Test
  void signsTheSameBytesAsOtherWallets() {
    byte[] signature = WalletKey.parse("0".repeat(63) + "1").signPersonal("hourgate self-test");

    assertThat(LowerHex.format(signature))
        .isEqualTo(
            "9928277e184dc7afa3db9ae37065a1d029de00739fba8dbd5d770271bd03fef9"
                + "1b9b4c5417233bc5b1286b20fbcd7b21c54faa505032532d620a98c0fe5843c8"
                + "1b");
  }

  @Test
  void everySignatureHasALowSAndRecoversTheAddress() {
    WalletKey key = WalletKey.parse(SECRET);
    for (int i = 0; i < 200; i++) {
      String message = "message " + i + " ü";
      byte[] bytes = key.signPersonal(message);

      assertThat(bytes).hasSize(65);
      assertThat(
              EthereumSignature.parse(bytes)
                  .flatMap(
                      signature ->
                          SignatureRecovery.best()
                              .recover(SignInText.personalHash(message), signature)))
          .contains(key.address());
      assertThat(bytes).isEqualTo(key.signPersonal(message));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0x",
        "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff8",
        "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff800",
        "zc0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void refusesWhatIsNoKeyWithoutRepeatingIt(String line) {
    assertThatThrownBy(() -> WalletKey.parse(line))
        .isInstanceOf(InvalidWalletKeyException.class)
        .hasMessageNotContaining("0974bec3")
        .hasMessageNotContaining("0000000");
  }

  @Test
  void writesNoSecret() {
    assertThat(WalletKey.parse(SECRET)).hasToString("WalletKey[0xf39f…2266]");
  }
}

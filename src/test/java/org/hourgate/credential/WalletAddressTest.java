package org.hourgate.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalletAddressTest {

  /** The addresses that EIP-55 itself lists. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"
      })
  void readsAndWritesTheChecksumSpelling(String text) {
    WalletAddress address = WalletAddress.parse(text);

    assertThat(address.checksummed()).isEqualTo(text);
    assertThat(address.lowerCase()).isEqualTo(text.toLowerCase(Locale.ROOT));
    assertThat(WalletAddress.parse(address.lowerCase())).isEqualTo(address);
    assertThat(WalletAddress.parse("0x" + text.substring(2).toUpperCase(Locale.ROOT)))
        .isEqualTo(address);
    assertThat(WalletAddress.ofBytes(address.bytes())).isEqualTo(address);
  }

  @Test
  void everyChangedCapitalIsATypingError() {
    String right = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    for (int i = 2; i < right.length(); i++) {
      char c = right.charAt(i);
      if (Character.isLetter(c)) {
        char other = Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c);
        String wrong = right.substring(0, i) + other + right.substring(i + 1);
        assertThatThrownBy(() -> WalletAddress.parse(wrong))
            .as(wrong)
            .isInstanceOf(InvalidWalletAddressException.class)
            .hasMessageContaining("copy it again");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0x",
        "vitalik.eth",
        "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg",
        " 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed ",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\n",
        "0x٥aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0xＡaaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0xİaeb6053f3e94c9b9a09f33669435e7ef1beaed"
      })
  void refusesWhatIsNoAddressAndSaysWhatToWrite(String text) {
    assertThatThrownBy(() -> WalletAddress.parse(text))
        .isInstanceOf(InvalidWalletAddressException.class)
        .hasMessageContaining("0x and 40 hexadecimal digits");
  }

  @Test
  void isShortenedForLogs() {
    WalletAddress address = WalletAddress.parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

    assertThat(address.shortened()).isEqualTo("0x5aae…eaed");
    assertThat(address).hasToString("0x5aae…eaed");
  }

  @Test
  void holdsLowerCaseDigitsOnly() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WalletAddress("5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"));
  }
}

package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Utf8String;

final class AbiTextTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "USDC", "USD₮0", "exactly thirty-two bytes of text"})
  void readsText(String text) {
    String reply = "0x" + FunctionEncoder.encodeConstructor(List.of(new Utf8String(text)));
    assertThat(AbiText.decode(reply)).contains(text);
  }

  @Test
  void readsNothingElse() {
    assertThat(
            Stream.of(
                "",
                "0",
                "0x",
                "0xzz",
                "0x4d4b52",
                "0x" + word("20"), // no length
                "0x" + word("20") + word("01"), // no text
                "0x" + word("40") + word("00"), // another place
                "0x" + word("20") + "f".repeat(64), // endless
                "0x" + word("20") + word("01") + "ff" + "0".repeat(62) // no UTF-8
                ))
        .allSatisfy(reply -> assertThat(AbiText.decode(reply)).as(reply).isEmpty());
  }

  private static String word(String digits) {
    return "0".repeat(64 - digits.length()) + digits;
  }
}

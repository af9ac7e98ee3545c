package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.hourgate.credential.WalletAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.Function;

final class AccessCodecTest {

  private static final String OFFSET = word("20");
  private static final String TWO = word("2");
  private static final String VALID =
      "0x" + OFFSET + TWO + word("6920d3a0") + word("0") + word("0") + word("6920d000");

  @Test
  void encodesAsWeb3jDoes() {
    List<WalletAddress> wallets = List.of(wallet('1'), wallet('a'), wallet('1'));
    assertThat(AccessCodec.encode(wallets))
        .isEqualTo(
            FunctionEncoder.encode(
                new Function(
                    "accessOf",
                    List.of(
                        new DynamicArray<>(
                            Address.class,
                            wallets.stream().map(w -> new Address(w.hex())).toList())),
                    List.of())));
  }

  @Test
  void decodesWhatTheContractAnswers() throws Exception {
    assertThat(AccessCodec.decode(VALID, 2))
        .containsExactly(new Access(0x6920d3a0L, 0), new Access(0, 0x6920d000L));
    assertThat(AccessCodec.decode("0x" + OFFSET + word("0"), 0)).isEmpty();
  }

  static Stream<String> refused() {
    return Stream.of(
        "",
        "0x",
        "null",
        VALID.substring(2),
        "0X" + VALID.substring(2),
        VALID.substring(0, VALID.length() - 1),
        VALID.substring(0, VALID.length() - 2),
        VALID.substring(0, VALID.length() - 64),
        VALID + "0",
        VALID + "00",
        VALID + word("0"),
        VALID.replace("6920d3a0", "6920d3g0"),
        VALID.replace("6920d3a0", "6920d3\uff110"),
        "0x" + word("40") + VALID.substring(66),
        "0x" + OFFSET + word("1") + VALID.substring(130),
        "0x" + OFFSET + word("3") + VALID.substring(130),
        "0x" + OFFSET + word("8000000000000002") + VALID.substring(130),
        "0x" + OFFSET + TWO + word("10000000000000000") + VALID.substring(194),
        "0x" + OFFSET + TWO + "8" + VALID.substring(131),
        "0x" + OFFSET + TWO + word("ffffffffffffffff") + VALID.substring(194),
        "0x" + OFFSET + TWO + word("3afff44180") + VALID.substring(194),
        "0x08c379a0" + OFFSET + word("0"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(String reply) {
    assertThatThrownBy(() -> AccessCodec.decode(reply, 2))
        .isInstanceOf(AccessCodec.UndecodableException.class);
  }

  @Test
  void takesALastSecondOfTheYear9999AndNoLater() throws Exception {
    String last = "0x" + OFFSET + word("1") + word("3afff4417f") + word("0");
    assertThat(AccessCodec.decode(last, 1)).containsExactly(new Access(253_402_300_799L, 0));
  }

  /** A changed character is refused or changes exactly the time it belongs to. */
  @Test
  void readsNoMutationAsSomethingElse() throws Exception {
    Random random = new Random(1);
    List<Access> truth = AccessCodec.decode(VALID, 2);
    for (int round = 0; round < 20_000; round++) {
      int at = random.nextInt(VALID.length());
      char to = "0123456789abcdefxg \0".charAt(random.nextInt(20));
      String mutated = VALID.substring(0, at) + to + VALID.substring(at + 1);
      try {
        List<Access> read = AccessCodec.decode(mutated, 2);
        int entry = (at - 130) / 128;
        if (!mutated.equals(VALID)) {
          assertThat(at).isGreaterThanOrEqualTo(130);
          assertThat(read.get(entry)).isNotEqualTo(truth.get(entry));
          assertThat(read.get(1 - entry)).isEqualTo(truth.get(1 - entry));
        }
      } catch (AccessCodec.UndecodableException e) {
        assertThat(mutated).isNotEqualTo(VALID);
      }
    }
  }

  private static WalletAddress wallet(char digit) {
    return new WalletAddress(String.valueOf(digit).repeat(40));
  }

  private static String word(String hex) {
    return "0".repeat(64 - hex.length()) + hex;
  }
}

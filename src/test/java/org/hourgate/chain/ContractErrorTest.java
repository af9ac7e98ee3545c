package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.crypto.Hash;
import org.web3j.utils.Numeric;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ContractErrorTest {

  @Test
  void hasWordsForEveryErrorOfTheContract() throws Exception {
    int errors = 0;
    try (InputStream abi = HourgateContract.class.getResourceAsStream("contract/Hourgate.abi")) {
      for (JsonNode entry : new JsonMapper().readTree(abi)) {
        if (entry.get("type").asString().equals("error")) {
          String signature =
              entry.get("name").asString()
                  + entry
                      .get("inputs")
                      .valueStream()
                      .map(input -> input.get("type").asString())
                      .collect(Collectors.joining(",", "(", ")"));
          assertHasWords(signature, entry.get("inputs").size());
          errors++;
        }
      }
    }
    assertThat(errors).isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ERC20InsufficientBalance(address,uint256,uint256)",
        "ERC20InvalidSender(address)",
        "ERC20InvalidReceiver(address)",
        "ERC20InsufficientAllowance(address,uint256,uint256)",
        "ERC20InvalidApprover(address)",
        "ERC20InvalidSpender(address)",
        "SafeERC20FailedOperation(address)",
        "ReentrancyGuardReentrantCall()",
        "OwnableUnauthorizedAccount(address)",
        "EnforcedPause()",
        "ExpectedPause()",
        "Panic(uint256)"
      })
  void hasWordsForWhatTokensAndLibrariesSay(String signature) {
    assertHasWords(signature, signature.endsWith("()") ? 0 : signature.split(",", -1).length);
  }

  private static void assertHasWords(String signature, int arguments) {
    String words = ContractError.describe(selector(signature) + "0".repeat(64 * arguments));
    assertThat(words)
        .as(signature)
        .doesNotContain("none we know")
        .doesNotContain("{")
        .contains(" ");
  }

  @Test
  void putsTheValuesIntoTheWords() {
    assertThat(
            ContractError.describe(data("WrongValue(uint256,uint256)", 10_000_000_000_000_000L, 7)))
        .startsWith("exactly 0.01 ether must be sent along, not 0.000000000000000007 ether");
    assertThat(ContractError.describe(data("TooFarAhead(uint64,uint64)", 1_800_000_000, 60)))
        .startsWith(
            "the time would end at 2027-01-15T08:00:00Z, and 1970-01-01T00:01:00Z is the latest"
                + " end allowed");
    assertThat(ContractError.describe(data("UnknownProduct(uint256)", 5)))
        .isEqualTo("there is no product 5: 'hourgate products' lists those there are");
    assertThat(ContractError.describe(data("TooFarAhead(uint64,uint64)", -1, -1)))
        .contains("9999-12-31");
  }

  @Test
  void passesOnWhatTheContractSaysInWords() {
    assertThat(ContractError.describe(text("ERC20: transfer amount exceeds allowance")))
        .isEqualTo("it says \"ERC20: transfer amount exceeds allowance\"");
    assertThat(ContractError.describe(text("\u001b[31m\u202e"))).isEqualTo("it says \"?[31m?\"");
    assertThat(ContractError.describe(text("x".repeat(300)))).hasSizeLessThan(220);
  }

  @Test
  void saysWhatItDoesNotKnow() {
    assertThat(ContractError.describe(data("SomethingElse()"))).contains("is none we know");
    assertThat(ContractError.describe(data("WrongValue(uint256,uint256)", 1)))
        .contains("is none we know");
    assertThat(ContractError.describe("0x08c379a0")).contains("0x08c379a0 is none we know");
    assertThat(ContractError.describe("0x")).isEqualTo("it gives no reason");
  }

  private static String text(String text) {
    return selector("Error(string)")
        + FunctionEncoder.encodeConstructor(List.of(new Utf8String(text)));
  }

  private static String selector(String signature) {
    return Hash.sha3String(signature).substring(0, 10);
  }

  private static String data(String signature, long... values) {
    StringBuilder data = new StringBuilder(selector(signature));
    for (long value : values) {
      data.append(
          value < 0
              ? "f".repeat(64)
              : Numeric.toHexStringNoPrefixZeroPadded(BigInteger.valueOf(value), 64));
    }
    return data.toString();
  }
}

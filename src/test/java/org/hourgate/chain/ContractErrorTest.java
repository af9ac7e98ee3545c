package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.math.BigInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Hash;
import org.web3j.utils.Numeric;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ContractErrorTest {

  @Test
  void hasWordsForEveryErrorOfTheContract() throws Exception {
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
          String selector = Hash.sha3String(signature).substring(0, 10);
          String data = selector + "0".repeat(64 * entry.get("inputs").size());
          assertThat(ContractError.describe(data)).as(signature).isPresent();
        }
      }
    }
  }

  @Test
  void putsTheValuesIntoTheWords() {
    assertThat(ContractError.describe(data("WrongValue(uint256,uint256)", 1000, 7)))
        .contains("the value must be exactly 1000 wei, not 7");
    assertThat(ContractError.describe(data("TooFarAhead(uint64,uint64)", 1_800_000_000, 60)))
        .contains(
            "the time would end at 2027-01-15T08:00:00Z, and 1970-01-01T00:01:00Z is the latest"
                + " end allowed");
  }

  @Test
  void knowsNothingOfOtherErrors() {
    assertThat(ContractError.describe(data("SomethingElse()"))).isEmpty();
    assertThat(ContractError.describe(data("WrongValue(uint256,uint256)", 1))).isEmpty();
    assertThat(ContractError.describe("0x")).isEmpty();
  }

  private static String data(String signature, long... values) {
    StringBuilder data = new StringBuilder(Hash.sha3String(signature).substring(0, 10));
    for (long value : values) {
      data.append(Numeric.toHexStringNoPrefixZeroPadded(BigInteger.valueOf(value), 64));
    }
    return data.toString();
  }
}

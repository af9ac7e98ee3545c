package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.hourgate.chain.NodeException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NodeRefusalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INSUFFICIENT_FUNDS | insufficient funds for gas * price + value: balance 0, tx cost 1",
        "INSUFFICIENT_FUNDS | Insufficient funds for gas * price + value",
        "INSUFFICIENT_FUNDS | InsufficientFunds, Account balance: 0, cumulative cost: 42000",
        "INSUFFICIENT_FUNDS | Upfront cost exceeds account balance",
        "NONCE_TOO_LOW | nonce too low: next nonce 5, tx nonce 4",
        "NONCE_TOO_LOW | OldNonce",
        "NONCE_TOO_HIGH | nonce too high",
        "REPLACEMENT | replacement transaction underpriced",
        "FEE_TOO_LOW | max fee per gas less than block base fee: address 0x, maxFeePerGas: 1",
        "FEE_TOO_LOW | transaction underpriced: tip needed 1, tip permitted 0",
        "FEE_TOO_LOW | FeeTooLow",
        "FEE_TOO_LOW | Gas price below configured minimum gas price",
        "NO_DYNAMIC_FEE | transaction type not supported",
        "OTHER_CHAIN | invalid chain id for signer: have 1 want 31337",
        "OTHER_CHAIN | invalid sender",
        "TOO_MUCH_GAS | exceeds block gas limit",
        "TOO_MUCH_GAS | gas required exceeds allowance (50000000)",
        "POOL_FULL | txpool is full",
        "ALREADY_KNOWN | already known",
        "ALREADY_KNOWN | transaction already imported",
        "ALREADY_KNOWN | Known transaction",
        "BUSY | Too Many Requests",
        "BUSY | daily request limit exceeded",
        "NOT_OFFERED | the method eth_sendRawTransaction does not exist/is not available",
        "REVERTED | execution reverted",
      })
  void knowsWhatNodesSay(NodeRefusal expected, String said) {
    assertThat(NodeRefusal.of(refused(said))).contains(expected);
    assertThat(NodeRefusal.inWords(refused(said)))
        .hasMessageMatching("[a-z].*: .+ \\(http://node: error -32000: .*\\)")
        .hasMessageContaining(said);
  }

  @Test
  void leavesOtherWordsAsTheyAre() {
    assertThat(NodeRefusal.inWords(refused("the sky is falling")))
        .hasMessage("http://node: error -32000: the sky is falling");
    NodeException silent = new NodeException(Kind.SILENT, "no nonce too low answer");
    assertThat(NodeRefusal.inWords(silent)).isSameAs(silent);
  }

  @Test
  void letsTheContractSpeakFirst() {
    assertThat(
            NodeRefusal.inWords(
                new NodeException(
                    Kind.REFUSED,
                    "error 3: execution reverted, insufficient funds",
                    Optional.of("0xd93c0665"))))
        .hasMessageStartingWith("the contract refuses: purchases are paused");
  }

  private static NodeException refused(String said) {
    return new NodeException(Kind.REFUSED, "http://node: error -32000: " + said);
  }
}

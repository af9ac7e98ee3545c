package org.hourgate.chain;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Why nodes refuse transactions, and what to do about it. JSON-RPC has no codes for this: the texts
 * are those of geth, Erigon, Nethermind, Besu, Reth and anvil.
 */
enum NodeRefusal {
  INSUFFICIENT_FUNDS(
      "insufficient ?funds|upfront cost|exceeds account balance|not enough funds",
      "the wallet has too little ether for what it sends and the gas: put some more there first"),
  NONCE_TOO_LOW(
      "nonce too low|nonce is too low|old ?nonce|nonce.*below",
      "another transaction of this wallet came first (nonce too low): look what it did, then try"
          + " again"),
  REPLACEMENT(
      "replacement transaction underpriced|could not replace|replacement.*(too low|not allowed)",
      "an earlier transaction of this wallet still waits with the same nonce: wait until it is part"
          + " of a block, or speed it up with the wallet that sent it"),
  NONCE_TOO_HIGH(
      "nonce too high|nonce gap|gapped",
      "an earlier transaction of this wallet is not known to the node: try again in a minute"),
  FEE_TOO_LOW(
      "less than block base fee|max ?fee ?per ?gas.*(low|less)|fee ?(cap )?too ?low|underpriced|gas"
          + " price.*(low|below)|min.*gas price",
      "gas has become dearer than what was offered: try again"),
  NO_DYNAMIC_FEE(
      "transaction type.*(not supported|not allowed|invalid)|(unsupported|invalid) transaction type",
      "the chain takes no transactions of type 2 (EIP-1559), and Hourgate sends no others: call the"
          + " contract with another wallet program"),
  OTHER_CHAIN(
      "(invalid|wrong|incorrect) chain ?id|chain ?id.*(mismatch|not match)|invalid sender|replay",
      "the node takes the transaction for one of another chain: check the chain id"),
  TOO_MUCH_GAS(
      "exceeds (block )?gas limit|gas limit (is )?too high|gas required exceeds|out of gas|gas limit"
          + " exceeded",
      "it needs more gas than the node allows: try another node"),
  POOL_FULL(
      "(tx|transaction|mem) ?pool is full|pool.*(full|overflow|limit)",
      "the node has too many transactions waiting: try again later, or another node"),
  ALREADY_KNOWN(
      "already known|already imported|known transaction|already in.*pool",
      "the transaction is already on its way: wait for it"),
  BUSY(
      "too many requests|rate.?limit|limit exceeded|capacity|HTTP 429",
      "the node has been asked too often: try again in a minute, or another node"),
  NOT_OFFERED(
      "method.*(not found|not exist|not available|not supported|not allowed|disabled)",
      "the node does not offer what is needed: try another node"),
  REVERTED(
      "revert",
      "the contract refuses without a word: is it an Hourgate contract, and as new as this program");

  private final Pattern pattern;
  private final String words;

  NodeRefusal(String pattern, String words) {
    this.pattern = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
    this.words = words;
  }

  static Optional<NodeRefusal> of(NodeException refusal) {
    return Arrays.stream(values())
        .filter(known -> known.pattern.matcher(refusal.getMessage()).find())
        .findFirst();
  }

  /** What a person should read instead of a node's refusal, the node's own words behind it. */
  static ChainException inWords(NodeException e) {
    if (e.kind() != NodeException.Kind.REFUSED) {
      return e;
    }
    return e.revertData()
        .map(data -> new ChainException("the contract refuses: " + ContractError.describe(data)))
        .or(
            () ->
                of(e)
                    .map(
                        known ->
                            new ChainException("%s (%s)".formatted(known.words, e.getMessage()))))
        .orElse(e);
  }
}

package org.hourgate.chain;

import java.math.BigInteger;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;

/**
 * A transaction that was tried out, and would have been taken just now, but has not been sent.
 *
 * @param to empty if it makes a contract
 * @param gas what it may use at most
 * @param nonce how many transactions of the sender come before it
 * @param waiting how many of those are not yet part of a block
 */
public record Draft(
    WalletAddress sender,
    Optional<WalletAddress> to,
    ContractCall call,
    BigInteger gas,
    BigInteger maxFeePerGas,
    BigInteger maxPriorityFeePerGas,
    BigInteger nonce,
    long waiting) {

  /** What its gas costs at most, in wei. */
  public BigInteger feeAtMost() {
    return gas.multiply(maxFeePerGas);
  }
}

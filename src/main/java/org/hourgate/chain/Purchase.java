package org.hourgate.chain;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;

/**
 * Time that was bought.
 *
 * @param transaction its hash, {@code 0x} in front
 * @param time of the block
 * @param product its number on the contract
 * @param account whose time was extended
 * @param token what was paid in; empty for ether
 * @param paidUntil the end of the account's time by this purchase
 */
public record Purchase(
    String transaction,
    long block,
    Instant time,
    long product,
    WalletAddress account,
    WalletAddress payer,
    BigInteger price,
    Optional<WalletAddress> token,
    Instant paidUntil) {}

package org.hourgate.chain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;

/**
 * Time for sale, as the contract has it. Never changes, but for being on sale.
 *
 * @param id its number on the contract, the first is 0
 * @param token what the price is paid in; empty for ether
 * @param price in the token's smallest unit
 * @param duration the time one purchase adds
 * @param active whether it is on sale
 */
public record Product(
    long id, Optional<WalletAddress> token, BigInteger price, Duration duration, boolean active) {}

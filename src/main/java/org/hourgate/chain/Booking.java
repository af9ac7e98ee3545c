package org.hourgate.chain;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.hourgate.credential.WalletAddress;

/**
 * What moved money or time on a contract.
 *
 * @param time of the block
 * @param transaction its hash, {@code 0x} in front
 * @param account whose time changed
 * @param other who paid a purchase, who was credited a refund; empty for a grant
 * @param product its number on the contract; empty unless something was bought
 * @param currency what the amount is in; a product that was paid in another one is another product
 * @param amount in the currency's smallest unit; 0 for a grant
 * @param duration the time that was bought; zero for what adds none or does not say how much
 * @param paidUntil the end of the account's time from then on
 */
public record Booking(
    Kind kind,
    Instant time,
    long block,
    String transaction,
    WalletAddress contract,
    WalletAddress account,
    Optional<WalletAddress> other,
    OptionalLong product,
    Currency currency,
    BigInteger amount,
    Duration duration,
    Instant paidUntil) {

  /** What it was. */
  public enum Kind {
    PURCHASE,
    /** A present of the owner's. */
    GRANT,
    /** The account's time was ended, and ether credited. */
    REFUND
  }
}

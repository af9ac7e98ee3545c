package org.hourgate.chain;

import java.math.BigInteger;
import java.util.List;

/**
 * What the first contract has earned.
 *
 * @param holdings what its owner can withdraw now, by currency; ether comes first
 * @param sold what was bought in blocks up to {@code countedTo}, by product
 * @param countedTo below {@code block} while a long history is still being counted
 * @param block the newest block when this was read
 */
public record Takings(List<Holding> holdings, List<Sold> sold, long countedTo, long block) {
  public Takings {
    holdings = List.copyOf(holdings);
    sold = List.copyOf(sold);
  }

  /** An amount of one currency, less what is credited to others by refunds. */
  public record Holding(Currency currency, BigInteger amount) {}

  /** How often a product was bought, and what was paid for it in its smallest unit. */
  public record Sold(long product, long count, BigInteger amount) {
    Sold plus(BigInteger price) {
      return new Sold(product, count + 1, amount.add(price));
    }
  }
}

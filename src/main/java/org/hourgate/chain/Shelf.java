package org.hourgate.chain;

import java.time.Instant;
import java.util.List;
import org.hourgate.credential.WalletAddress;

/**
 * What the first contract has for sale.
 *
 * @param offers all products, on sale or not, in the order of their numbers
 * @param owner who can't buy
 * @param paused whether nothing can be bought now
 * @param readAt when this was read, by our wall clock
 */
public record Shelf(List<Offer> offers, WalletAddress owner, boolean paused, Instant readAt) {
  public Shelf {
    offers = List.copyOf(offers);
  }
}

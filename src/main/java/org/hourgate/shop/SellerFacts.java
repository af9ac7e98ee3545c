package org.hourgate.shop;

import java.util.List;
import java.util.Optional;

/**
 * What the seller tells before anybody pays, in his own words.
 *
 * @param place where customers come out
 * @param speed of the connection
 * @param notes rules, and whatever else
 * @param fiat what prices are worth
 */
public record SellerFacts(
    Optional<String> place, Optional<String> speed, List<String> notes, Optional<FiatRates> fiat) {

  /** A seller of few words. */
  public static final SellerFacts NONE =
      new SellerFacts(Optional.empty(), Optional.empty(), List.of(), Optional.empty());

  public SellerFacts {
    notes = List.copyOf(notes);
  }

  boolean tellsSomething() {
    return place.isPresent() || speed.isPresent() || !notes.isEmpty();
  }
}

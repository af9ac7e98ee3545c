package org.hourgate.chain;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hourgate.credential.WalletAddress;

/**
 * How many blocks, the purchase's own included, before a purchase counts.
 *
 * @param usual for everything that has no level
 * @param levels where more are wanted; of several that fit a price the longest counts
 */
public record Confirmations(int usual, List<Level> levels) {

  public static final int MOST = 64;

  /**
   * More confirmations for higher prices.
   *
   * @param token what the price is in; empty for ether
   * @param price the lowest price that has this level, in the smallest unit
   */
  public record Level(Optional<WalletAddress> token, BigInteger price, int blocks) {}

  /** Throws {@link IllegalArgumentException} for a number of blocks that is out of bounds. */
  public Confirmations {
    levels = List.copyOf(levels);
    IntStream.concat(IntStream.of(usual), levels.stream().mapToInt(Level::blocks))
        .filter(blocks -> blocks < 1 || blocks > MOST)
        .findFirst()
        .ifPresent(
            blocks -> {
              throw new IllegalArgumentException(
                  "confirmations must be 1 to " + MOST + ", not " + blocks);
            });
  }

  /** The same for every price. */
  public static Confirmations of(int blocks) {
    return new Confirmations(blocks, List.of());
  }

  /** The most that any purchase needs. */
  public int longest() {
    return levels.stream().mapToInt(Level::blocks).reduce(usual, Math::max);
  }

  /** What a purchase of this product needs. */
  public int needed(Product product) {
    return levels.stream()
        .filter(level -> level.token().equals(product.token()))
        .filter(level -> product.price().compareTo(level.price()) >= 0)
        .mapToInt(Level::blocks)
        .reduce(usual, Math::max);
  }
}

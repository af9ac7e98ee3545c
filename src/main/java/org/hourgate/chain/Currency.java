package org.hourgate.chain;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.credential.WalletAddress;

/**
 * What a price is in: ether, or a token. Turns amounts into text and back without rounding.
 *
 * @param token empty for ether
 * @param symbol as people call it; a token chooses its own, so it proves nothing
 * @param decimals how many digits behind the point the smallest unit is
 */
public record Currency(Optional<WalletAddress> token, String symbol, int decimals) {

  public static final Currency ETHER = new Currency(Optional.empty(), "ether", 18);

  private static final Map<String, Integer> ETHER_UNITS =
      Map.of("ether", 18, "eth", 18, "gwei", 9, "wei", 0);
  private static final Pattern AMOUNT =
      Pattern.compile("([0-9]{1,78}(?:\\.[0-9]{1,78})?)(?:\\s*(\\S{1,40}))?");
  private static final int WORD_BITS = 256;

  /**
   * Reads {@code 0.01 ether}, {@code 20 gwei}, or {@code 5} or {@code 5 USDC} of a token. Ether
   * must be named, for whoever leaves the unit out may have meant wei.
   *
   * @return the amount in the smallest unit
   * @throws IllegalArgumentException with a sentence for the person who typed it
   */
  public BigInteger parse(String text) {
    Matcher matcher = AMOUNT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("Not an amount: write it as \"" + example() + "\".");
    }
    BigDecimal number = new BigDecimal(matcher.group(1));
    int digits = digitsOf(Optional.ofNullable(matcher.group(2)), number);
    BigDecimal smallest = number.movePointRight(digits).stripTrailingZeros();
    if (smallest.scale() > 0) {
      throw new IllegalArgumentException(
          "Too exact: %s has %s, not more.".formatted(unit(matcher), behindPoint(digits)));
    }
    BigInteger amount = smallest.toBigIntegerExact();
    if (amount.bitLength() > WORD_BITS) {
      throw new IllegalArgumentException("That is more than a contract can count.");
    }
    return amount;
  }

  /** {@code 0.01 ether}: all digits, and no more than needed. */
  public String format(BigInteger amount) {
    return number(amount) + " " + symbol;
  }

  /** {@code 0.01}. */
  public String number(BigInteger amount) {
    BigDecimal number = new BigDecimal(amount, decimals).stripTrailingZeros();
    return number.toPlainString();
  }

  private int digitsOf(Optional<String> unit, BigDecimal number) {
    if (token.isEmpty()) {
      Optional<Integer> digits = unit.map(name -> ETHER_UNITS.get(name.toLowerCase(Locale.ROOT)));
      if (digits.isPresent()) {
        return digits.get();
      }
      if (unit.isEmpty() && number.signum() == 0) {
        return decimals;
      }
      throw new IllegalArgumentException(
          "Say which unit: ether, gwei or wei, such as \"" + example() + "\".");
    }
    if (unit.filter(name -> !name.equalsIgnoreCase(symbol)).isPresent()) {
      throw new IllegalArgumentException(
          "The token's unit is %s, not %s.".formatted(symbol, unit.get()));
    }
    return decimals;
  }

  private String example() {
    return token.isEmpty() ? "0.01 ether" : "5 " + symbol;
  }

  private String unit(Matcher matcher) {
    return Optional.ofNullable(matcher.group(2)).orElse(symbol);
  }

  private static String behindPoint(int digits) {
    return switch (digits) {
      case 0 -> "no digit behind the point";
      case 1 -> "1 digit behind the point";
      default -> digits + " digits behind the point";
    };
  }
}

package org.hourgate.management.fake;

import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers as the C library of the daemon reads them, on a machine of 64 bits: what has no place is
 * the greatest number there is, or loses its upper bits.
 */
final class CNumbers {

  private static final Pattern LEADING = Pattern.compile("\\s*([+-]?[0-9]+).*", Pattern.DOTALL);
  private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
  private static final long UNSIGNED_INT = 0xFFFF_FFFFL;

  private CNumbers() {}

  /** {@code atoi}: the leading digits, or 0. */
  static int atoi(String text) {
    return leading(text).map(number -> number.min(MAX_LONG).max(MIN_LONG).intValue()).orElse(0);
  }

  /**
   * {@code sscanf} with {@code %lu}: the leading digits, or nothing. From 2^63 on it is negative.
   */
  static OptionalLong unsignedLong(String text) {
    return leading(text)
        .map(number -> number.abs().bitLength() > Long.SIZE ? -1 : number.longValue())
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /** {@code sscanf} with {@code %u}: the leading digits, or nothing. */
  static OptionalLong unsignedInt(String text) {
    OptionalLong number = unsignedLong(text);
    return number.isEmpty() ? number : OptionalLong.of(number.getAsLong() & UNSIGNED_INT);
  }

  private static Optional<BigInteger> leading(String text) {
    Matcher number = LEADING.matcher(text);
    return number.matches() ? Optional.of(new BigInteger(number.group(1))) : Optional.empty();
  }
}

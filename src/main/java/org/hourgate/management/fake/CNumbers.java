package org.hourgate.management.fake;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as the C library of the daemon reads them. */
final class CNumbers {

  private static final Pattern LEADING = Pattern.compile("\\s*([+-]?[0-9]+).*", Pattern.DOTALL);
  private static final int INT_DIGITS = 9;
  private static final int LONG_DIGITS = 19;

  private CNumbers() {}

  /** {@code atoi}: the leading digits, or 0. */
  static int atoi(String text) {
    Matcher number = LEADING.matcher(text);
    return number.matches() && number.group(1).length() <= INT_DIGITS
        ? Integer.parseInt(number.group(1))
        : 0;
  }

  /** {@code sscanf} with {@code %lu}: the leading digits, or nothing. */
  static OptionalLong unsigned(String text) {
    Matcher number = LEADING.matcher(text);
    if (!number.matches()) {
      return OptionalLong.empty();
    }
    String digits = number.group(1);
    return OptionalLong.of(digits.length() > LONG_DIGITS ? -1 : Long.parseLong(digits));
  }
}

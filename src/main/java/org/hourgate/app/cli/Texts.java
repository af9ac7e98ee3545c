package org.hourgate.app.cli;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times, durations and fees as people read them. */
public final class Texts {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ROOT)
          .withZone(ZoneId.systemDefault());
  private static final int ETHER_DECIMALS = 18;

  private Texts() {}

  public static String time(Instant time) {
    return TIME.format(time);
  }

  /** The end of a wallet's time, or that there is none. */
  public static String end(Instant paidUntil, Instant now) {
    return paidUntil.isAfter(now) ? time(paidUntil) : "no time left";
  }

  /** {@code 1 hour}, {@code 30 days (720 hours)}, {@code 90 minutes}. */
  public static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds % 86_400 == 0 && seconds > 86_400) {
      return count(seconds / 86_400, "day") + " (" + count(seconds / 3600, "hour") + ")";
    }
    if (seconds % 3600 == 0) {
      return count(seconds / 3600, "hour");
    }
    return seconds % 60 == 0 ? count(seconds / 60, "minute") : count(seconds, "second");
  }

  /** A fee, rounded up to three digits. */
  public static String fee(BigInteger wei) {
    return new BigDecimal(wei, ETHER_DECIMALS)
            .round(new MathContext(3, RoundingMode.CEILING))
            .stripTrailingZeros()
            .toPlainString()
        + " ether";
  }

  public static String count(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }
}

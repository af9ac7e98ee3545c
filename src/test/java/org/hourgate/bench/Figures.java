package org.hourgate.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** Measured numbers, sorted. */
final class Figures {

  private final double[] sorted;

  private Figures(double[] sorted) {
    if (sorted.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
    this.sorted = sorted;
  }

  static Figures of(Collection<Double> values) {
    return new Figures(values.stream().mapToDouble(Double::doubleValue).sorted().toArray());
  }

  static Figures ofNanosInMillis(long[] nanos) {
    return new Figures(Arrays.stream(nanos).sorted().mapToDouble(n -> n / 1e6).toArray());
  }

  double min() {
    return sorted[0];
  }

  double max() {
    return sorted[sorted.length - 1];
  }

  double median() {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** The smallest value that this share of all values does not exceed. */
  double quantile(double share) {
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  /** How many are smaller. */
  long below(double bound) {
    return Arrays.stream(sorted).filter(value -> value < bound).count();
  }

  /** How many are larger. */
  long above(double bound) {
    return Arrays.stream(sorted).filter(value -> value > bound).count();
  }

  int count() {
    return sorted.length;
  }

  /** Median and, in brackets, smallest and largest. */
  String spread(int decimals) {
    return "%s (%s … %s)"
        .formatted(number(median(), decimals), number(min(), decimals), number(max(), decimals));
  }

  static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}

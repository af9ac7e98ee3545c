package org.hourgate.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** Measured numbers, sorted; of none at all, each figure is no number. */
final class Figures {

  private final double[] sorted;

  private Figures(double[] sorted) {
    this.sorted = sorted;
  }

  static Figures of(Collection<Double> values) {
    return new Figures(values.stream().mapToDouble(Double::doubleValue).sorted().toArray());
  }

  static Figures ofNanosInMillis(long[] nanos) {
    return new Figures(Arrays.stream(nanos).sorted().mapToDouble(n -> n / 1e6).toArray());
  }

  double min() {
    return quantile(0);
  }

  double max() {
    return quantile(1);
  }

  double median() {
    return sorted.length == 0
        ? Double.NaN
        : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** The smallest value that this share of all values does not exceed. */
  double quantile(double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
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

  /** Rounded; a dash for what was not measured. */
  static String number(double value, int decimals) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}

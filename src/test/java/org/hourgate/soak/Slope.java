package org.hourgate.soak;

import java.util.ArrayList;
import java.util.List;

/**
 * How fast something grows: the median of the slopes between any two measured points (Theil and
 * Sen), which a few outliers don't move.
 *
 * @param first the line's value at the first point
 * @param last and at the last one
 * @param hours between the two
 * @param percentPerHour the rise in an hour, in percent of the first value
 * @param least that the rise is with 95 % certainty, where points scatter at random around the line
 *     (Sen's interval, by Kendall's variance)
 * @param most and the most
 */
record Slope(
    double first, double last, double hours, double percentPerHour, double least, double most) {

  /** The most that may be, in percent an hour. */
  static final double LIMIT = 1;

  /**
   * So many percent in the whole time are a step and no slope: a block more from the kernel, a page
   * that was never looked at before. So the limit holds from an hour of measuring on.
   */
  private static final double STEP = 1;

  /** Of whatever is counted, or of a megabyte: less is none. */
  private static final double TRIFLE = 0.1;

  /** A run in which as much of a rise might hide, in percent an hour, has seen nothing. */
  private static final double BLIND = 15;

  private static final double SECONDS_PER_HOUR = 3_600;

  /** Of a normal distribution: 95 % lie within so many standard deviations. */
  private static final double NEARLY_ALL = 1.96;

  /** A measured value. */
  record Point(double seconds, double value) {}

  /** What a slope says of the limit. */
  enum Verdict {
    BELOW("below it"),
    /** Nothing that could be told from how it scatters. */
    NOT_ABOVE("not shown to be above it"),
    /** The points scatter too much, or were too few, to tell anything. */
    UNDECIDED("too restless to tell"),
    /** Above the limit, and surely so. */
    GROWS("**grows**");

    final String words;

    Verdict(String words) {
      this.words = words;
    }
  }

  static Slope of(List<Point> points) {
    int n = points.size();
    if (n < 3) {
      throw new IllegalArgumentException("a line through " + n + " points says nothing");
    }
    List<Double> rises = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        Point a = points.get(i);
        Point b = points.get(j);
        rises.add((b.value() - a.value()) / (b.seconds() - a.seconds()));
      }
    }
    rises.sort(null);
    double rise = median(rises);
    double aside = NEARLY_ALL * Math.sqrt(n * (n - 1.0) * (2 * n + 5.0) / 18) / 2;
    double middle = (rises.size() - 1) / 2.0;
    double least = rises.get((int) Math.max(0, Math.floor(middle - aside)));
    double most = rises.get((int) Math.min(rises.size() - 1.0, Math.ceil(middle + aside)));
    double begin = points.getFirst().seconds();
    double end = points.getLast().seconds();
    double first =
        median(
            points.stream().map(p -> p.value() - rise * (p.seconds() - begin)).sorted().toList());
    double toPercentPerHour = SECONDS_PER_HOUR * 100 / first;
    return new Slope(
        first,
        first + rise * (end - begin),
        (end - begin) / SECONDS_PER_HOUR,
        rise * toPercentPerHour,
        least * toPercentPerHour,
        most * toPercentPerHour);
  }

  private static double median(List<Double> sorted) {
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** What counts as growth in a run of this length, in percent an hour. */
  double limit() {
    return Math.max(LIMIT, Math.max(STEP, TRIFLE * 100 / first) / hours);
  }

  Verdict verdict() {
    if (least > limit()) {
      return Verdict.GROWS;
    }
    if (most < limit()) {
      return Verdict.BELOW;
    }
    return most < BLIND ? Verdict.NOT_ABOVE : Verdict.UNDECIDED;
  }
}

package org.hourgate.soak;

import java.util.List;

/**
 * How fast something grows: a straight line through measured points, by least squares.
 *
 * @param first the line's value at the first point
 * @param last and at the last one
 * @param percentPerHour the rise in an hour, in percent of the first value
 * @param uncertainty how far off that may be: twice its standard error, which covers 95 % where
 *     points scatter at random around the line
 */
record Slope(double first, double last, double percentPerHour, double uncertainty) {

  /** The most that may be. */
  static final double LIMIT = 1;

  /** Of whatever is counted, or of a megabyte, in an hour: less is none. */
  private static final double TRIFLE = 0.1;

  private static final double SECONDS_PER_HOUR = 3_600;

  /** A measured value. */
  record Point(double seconds, double value) {}

  /** What a slope says of the limit. */
  enum Verdict {
    /** Below the limit, and surely so. */
    FLAT("below 1 %/h"),
    /** The points scatter too much, or were too few, to tell. */
    UNDECIDED("can't be told from 1 %/h"),
    /** Above the limit, and surely so. */
    GROWS("**grows**");

    final String words;

    Verdict(String words) {
      this.words = words;
    }
  }

  static Slope of(List<Point> points) {
    if (points.size() < 3) {
      throw new IllegalArgumentException(
          "a line through " + points.size() + " points says nothing");
    }
    int n = points.size();
    double meanTime = points.stream().mapToDouble(Point::seconds).average().orElseThrow();
    double mean = points.stream().mapToDouble(Point::value).average().orElseThrow();
    double spread = 0;
    double together = 0;
    for (Point point : points) {
      double time = point.seconds() - meanTime;
      spread += time * time;
      together += time * (point.value() - mean);
    }
    double rise = together / spread;
    double rest = 0;
    for (Point point : points) {
      double off = point.value() - mean - rise * (point.seconds() - meanTime);
      rest += off * off;
    }
    double error = Math.sqrt(rest / (n - 2) / spread);
    double first = mean + rise * (points.getFirst().seconds() - meanTime);
    double last = mean + rise * (points.getLast().seconds() - meanTime);
    double toPercentPerHour = SECONDS_PER_HOUR * 100 / first;
    return new Slope(first, last, rise * toPercentPerHour, 2 * error * toPercentPerHour);
  }

  Verdict verdict() {
    double limit = Math.max(LIMIT, TRIFLE * 100 / first);
    if (percentPerHour + uncertainty < limit) {
      return Verdict.FLAT;
    }
    return percentPerHour - uncertainty > limit ? Verdict.GROWS : Verdict.UNDECIDED;
  }
}

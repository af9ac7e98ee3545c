package org.hourgate.bench;

import java.time.Duration;

/** How often something is measured: as often as fits into a time, but twice at least. */
final class Rounds {

  private static final int FEWEST = 2;
  private static final int MOST = 5;

  private final long end;
  private long lastBegan;
  private int begun;

  /** The first round begins now. */
  Rounds(Duration time) {
    end = System.nanoTime() + time.toNanos();
  }

  /** Whether another round is to begin. */
  boolean more() {
    long now = System.nanoTime();
    long round = now - lastBegan;
    boolean more = begun < FEWEST || (begun < MOST && now + round - end < 0);
    if (more) {
      lastBegan = now;
      begun++;
    }
    return more;
  }

  /** Says how many there were, for a note below a table. */
  int count() {
    return begun;
  }
}

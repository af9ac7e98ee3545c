package org.hourgate.infrastructure.time;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets something through once in so long, and no more often. Safe for any thread. */
public final class Seldom {

  private final Duration every;
  private final TimeSource time;
  private final AtomicLong nextNanos;

  public Seldom(Duration every, TimeSource time) {
    this.every = every;
    this.time = time;
    nextNanos = new AtomicLong(time.nanoTime());
  }

  /** Whether it is time; then it is not for so long from now on. */
  public boolean isTime() {
    long now = time.nanoTime();
    long next = nextNanos.get();
    return now - next >= 0 && nextNanos.compareAndSet(next, now + every.toNanos());
  }
}

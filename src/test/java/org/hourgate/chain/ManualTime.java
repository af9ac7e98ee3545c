package org.hourgate.chain;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.hourgate.infrastructure.time.TimeSource;

/** Clocks that stand still but for {@link #advance}; they start at the system's time. */
final class ManualTime implements TimeSource {

  private final Instant start = Instant.now();
  private final AtomicLong passed = new AtomicLong();

  void advance(Duration by) {
    passed.addAndGet(by.toNanos());
  }

  @Override
  public Instant wallTime() {
    return start.plusNanos(passed.get());
  }

  @Override
  public long nanoTime() {
    return passed.get();
  }
}

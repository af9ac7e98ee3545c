package org.hourgate.chain;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.hourgate.infrastructure.time.TimeSource;

/** The system's clocks plus what a test adds: chain and gate can be moved together. */
final class ManualTime implements TimeSource {

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  void advance(Duration by) {
    var _ = ahead.updateAndGet(before -> before.plus(by));
  }

  @Override
  public Instant wallTime() {
    return Instant.now().plus(ahead.get());
  }

  @Override
  public long nanoTime() {
    return System.nanoTime() + ahead.get().toNanos();
  }
}

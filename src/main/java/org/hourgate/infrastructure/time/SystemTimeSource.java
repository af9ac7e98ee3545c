package org.hourgate.infrastructure.time;

import java.time.Instant;

/** The operating system's clocks. */
enum SystemTimeSource implements TimeSource {
  INSTANCE;

  @Override
  public Instant wallTime() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}

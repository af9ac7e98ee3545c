package org.hourgate.infrastructure.time;

import java.time.Instant;

/** The wall clock and the monotonic clock of this machine. Safe for any thread. */
public interface TimeSource {

  /** Returns the wall clock's time; it may jump. */
  Instant wallTime();

  /** Returns nanoseconds since an arbitrary origin; never goes backwards. */
  long nanoTime();

  /** Returns the clocks of the operating system. */
  static TimeSource system() {
    return SystemTimeSource.INSTANCE;
  }
}

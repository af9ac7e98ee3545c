package org.hourgate.management.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: doubled up to a cap, and half of it left to chance. */
final class ReconnectDelay {

  private final Duration first;
  private final Duration last;
  private final RandomGenerator random;

  ReconnectDelay(Duration first, Duration last, RandomGenerator random) {
    this.first = first;
    this.last = last;
    this.random = random;
  }

  /**
   * The delay of the next attempt.
   *
   * @param failures attempts in a row that have failed before; 0 right after a loss
   */
  Duration after(int failures) {
    long full = Math.min(last.toNanos(), first.toNanos() << Math.min(failures, 10));
    return Duration.ofNanos((long) (full * (0.5 + random.nextDouble() / 2)));
  }
}

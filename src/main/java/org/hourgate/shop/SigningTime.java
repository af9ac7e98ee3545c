package org.hourgate.shop;

import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.hourgate.gate.ReasonCode;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * The time that texts to sign bear. None while the clock is in doubt, nor before the chain has
 * borne it out: what is signed under a wrong time is of no use when the clock is right, and
 * outlives a revocation that comes before that time does. Safe for any thread.
 */
final class SigningTime {

  private final TimeSource time;
  private final List<HealthCheck> checks;
  private final BooleanSupplier confirmed;

  /**
   * Makes one.
   *
   * @param checks of which one says {@code clock} while it is in doubt
   * @param confirmed whether the chain has borne out the clock, or never can
   */
  SigningTime(TimeSource time, List<HealthCheck> checks, BooleanSupplier confirmed) {
    this.confirmed = confirmed;
    this.time = time;
    this.checks = List.copyOf(checks);
  }

  /** Returns the time; a problem for the visitor while it is in doubt. */
  Instant now() {
    requireSound();
    if (!confirmed.getAsBoolean()) {
      throw Problems.chainUnavailable();
    }
    return time.wallTime();
  }

  /** Refuses while the clock is in doubt. */
  void requireSound() {
    boolean inDoubt =
        checks.stream()
            .map(HealthCheck::check)
            .anyMatch(
                result ->
                    result instanceof HealthCheck.Result.Unhealthy unhealthy
                        && unhealthy.code().equals(ReasonCode.CLOCK.code()));
    if (inDoubt) {
      throw Problems.clockInDoubt();
    }
  }
}

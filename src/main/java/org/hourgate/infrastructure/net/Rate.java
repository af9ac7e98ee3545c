package org.hourgate.infrastructure.net;

import java.time.Duration;

/** So many times within so long. */
public record Rate(int count, Duration period) {
  public Rate {
    if (count < 1 || !period.isPositive()) {
      throw new IllegalArgumentException("a rate allows something within some time");
    }
  }
}

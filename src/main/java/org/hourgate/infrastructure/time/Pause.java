package org.hourgate.infrastructure.time;

import java.time.Duration;

/** Waiting for nothing but time to go by. */
public final class Pause {

  private Pause() {}

  /** Blocks the calling thread; returns at once, still interrupted, if it is interrupted. */
  public static void of(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package org.hourgate.infrastructure.time;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Runs tasks one after another, in the order they came, never two at a time. State that only such
 * tasks touch needs no lock. Methods are safe for any thread.
 */
public interface SerialExecutor extends Executor {

  /**
   * Runs the task once, not before the delay has passed.
   *
   * @param delay zero or negative means as soon as possible
   */
  Timer schedule(Duration delay, Runnable task);

  /** A task that waits for its time. */
  interface Timer {

    /** Keeps the task from running if it has not begun; otherwise does nothing. */
    void cancel();
  }
}

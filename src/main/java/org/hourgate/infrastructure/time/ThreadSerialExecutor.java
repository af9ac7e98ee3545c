package org.hourgate.infrastructure.time;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One daemon thread of its own. A task that throws is reported to the given handler and does not
 * end the thread. After {@link #close} new tasks are dropped.
 */
public final class ThreadSerialExecutor implements SerialExecutor, AutoCloseable {

  private final ScheduledThreadPoolExecutor executor;
  private final Consumer<Throwable> failureHandler;

  /**
   * Starts the thread.
   *
   * @param threadName the name of the thread
   * @param failureHandler called on the thread with what a task threw
   */
  public ThreadSerialExecutor(String threadName, Consumer<Throwable> failureHandler) {
    this.failureHandler = failureHandler;
    executor =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name(threadName).daemon().unstarted(task));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    try {
      executor.execute(guarded(task));
    } catch (RejectedExecutionException e) {
      if (!executor.isShutdown()) {
        throw e;
      }
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    try {
      ScheduledFuture<?> future =
          executor.schedule(guarded(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      if (!executor.isShutdown()) {
        throw e;
      }
      return () -> {};
    }
  }

  /** Drops what waits and ends the thread after the task that runs now. */
  @Override
  public void close() {
    executor.shutdownNow();
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        failureHandler.accept(e);
      }
    };
  }
}

package org.hourgate.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * The system's clocks, and a thread for tasks by them, which a test can set ahead: what is due on
 * the way of a {@link #leap} runs at its own time. Safe for any thread.
 */
public final class LeapingTime implements TimeSource, SerialExecutor, AutoCloseable {

  private static final Duration LONGEST_TASK = Duration.ofMinutes(1);

  private record Later(long dueNanos, long order, Runnable task) {}

  private final Object lock = new Object();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(
          Comparator.comparingLong(Later::dueNanos).thenComparingLong(Later::order));
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private long orders;
  private boolean busy;
  private boolean closed;
  private volatile long leaptNanos;
  private volatile Duration wallJump = Duration.ZERO;

  /** Starts the thread. */
  public LeapingTime() {
    thread = Thread.ofPlatform().name("leaping-time").daemon().start(this::run);
  }

  @Override
  public Instant wallTime() {
    return Instant.now().plusNanos(leaptNanos).plus(wallJump);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime() + leaptNanos;
  }

  @Override
  public void execute(Runnable task) {
    var _ = schedule(Duration.ZERO, task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    synchronized (lock) {
      Later entry = new Later(nanoTime() + Math.max(0, delay.toNanos()), orders++, task);
      later.add(entry);
      lock.notifyAll();
      return () -> cancel(entry);
    }
  }

  private void cancel(Later entry) {
    synchronized (lock) {
      later.remove(entry);
    }
  }

  /** Sets both clocks ahead by this much. */
  public void leap(Duration duration) {
    synchronized (lock) {
      long end = leaptNanos + duration.toNanos();
      while (leaptNanos < end) {
        awaitIdle();
        Later next = later.peek();
        long untilNext = next == null ? Long.MAX_VALUE : Math.max(0, next.dueNanos() - nanoTime());
        leaptNanos += Math.min(end - leaptNanos, untilNext);
        lock.notifyAll();
      }
      awaitIdle();
    }
  }

  /** Sets the wall clock without time passing. */
  public void jumpWall(Duration difference) {
    wallJump = wallJump.plus(difference);
  }

  /** What tasks threw. */
  public List<Throwable> failures() {
    return List.copyOf(failures);
  }

  /** Ends the thread, and waits until it has: a task under way may still write a file. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    try {
      if (!thread.join(LONGEST_TASK)) {
        throw new IllegalStateException("a task does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitIdle() {
    while (!closed && (busy || isDue(later.peek()))) {
      await(Long.MAX_VALUE);
    }
  }

  private boolean isDue(@Nullable Later entry) {
    return entry != null && entry.dueNanos() - nanoTime() <= 0;
  }

  private void run() {
    for (Runnable task = take(); task != null; task = take()) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        failures.add(e);
      }
    }
  }

  private @Nullable Runnable take() {
    synchronized (lock) {
      busy = false;
      lock.notifyAll();
      while (!closed) {
        Later next = later.peek();
        long nanos = next == null ? Long.MAX_VALUE : next.dueNanos() - nanoTime();
        if (next != null && nanos <= 0) {
          later.remove();
          busy = true;
          return next.task();
        }
        await(nanos);
      }
      return null;
    }
  }

  /** Lets the lock go until something happens, and for no longer than this. */
  @SuppressWarnings("WaitNotInLoop") // Its callers loop.
  private void await(long nanos) {
    try {
      lock.wait(nanos / 1_000_000 + 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }
}

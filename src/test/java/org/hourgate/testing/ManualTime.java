package org.hourgate.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * Both clocks and a serial executor that stand still until a test moves them. Tasks run on the
 * test's thread.
 */
public final class ManualTime implements TimeSource, SerialExecutor {

  private record Later(long dueNanos, long order, Runnable task) {}

  private final Queue<Runnable> now = new ArrayDeque<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(
          Comparator.comparingLong(Later::dueNanos).thenComparingLong(Later::order));
  private Instant wall;
  private long nanos;
  private long orders;

  public ManualTime(Instant start) {
    wall = start;
  }

  @Override
  public Instant wallTime() {
    return wall;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void execute(Runnable task) {
    now.add(task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Later entry = new Later(nanos + Math.max(0, delay.toNanos()), orders++, task);
    later.add(entry);
    return () -> later.remove(entry);
  }

  /** Runs what can run without time passing. */
  public void settle() {
    while (true) {
      Runnable task = now.poll();
      if (task == null) {
        Later next = later.peek();
        if (next == null || next.dueNanos() > nanos) {
          return;
        }
        later.poll();
        task = next.task();
      }
      task.run();
    }
  }

  /** Lets time pass on both clocks, and runs on the way what becomes due. */
  public void advance(Duration duration) {
    settle();
    long end = nanos + duration.toNanos();
    while (true) {
      Later next = later.peek();
      if (next == null || next.dueNanos() > end) {
        break;
      }
      pass(Math.max(0, next.dueNanos() - nanos));
      settle();
    }
    pass(end - nanos);
    settle();
  }

  /** Sets the wall clock without time passing. */
  public void jump(Duration difference) {
    wall = wall.plus(difference);
  }

  private void pass(long elapsed) {
    nanos += elapsed;
    wall = wall.plusNanos(elapsed);
  }
}

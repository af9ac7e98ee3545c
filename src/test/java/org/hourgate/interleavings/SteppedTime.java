package org.hourgate.interleavings;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * The gate's thread and both clocks; nothing runs but when it is told to. As in a scheduled
 * executor a task that was due earlier goes first.
 */
final class SteppedTime implements TimeSource, SerialExecutor {

  private record Task(long dueNanos, long order, Runnable work) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::dueNanos).thenComparingLong(Task::order));
  private final Deque<Runnable> workers = new ArrayDeque<>();
  private final Instant start;
  private long nanos;
  private long orders;

  SteppedTime(Instant start) {
    this.start = start;
  }

  @Override
  public Instant wallTime() {
    return start.plusNanos(nanos);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(new Task(nanos, orders++, task));
  }

  @Override
  public Timer schedule(Duration delay, Runnable work) {
    Task task = new Task(nanos + Math.max(0, delay.toNanos()), orders++, work);
    tasks.add(task);
    return () -> tasks.remove(task);
  }

  void pass(Duration duration) {
    nanos += duration.toNanos();
  }

  boolean hasWork() {
    Task next = tasks.peek();
    return next != null && next.dueNanos() <= nanos;
  }

  /** Runs the gate's next task. */
  void step() {
    tasks.remove().work().run();
  }

  /** What recovers signatures; one after the other. */
  void offer(Runnable work) {
    workers.add(work);
  }

  boolean workersHaveWork() {
    return !workers.isEmpty();
  }

  void workerStep() {
    workers.remove().run();
  }
}

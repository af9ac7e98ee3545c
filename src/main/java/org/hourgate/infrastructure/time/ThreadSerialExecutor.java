package org.hourgate.infrastructure.time;

import java.time.Duration;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One daemon thread of its own. A task that throws is reported to the given handler and does not
 * end the thread. After {@link #close} new tasks are dropped.
 *
 * <p>A task and a timer run in the order of the moments at which they were due. What has no delay
 * is kept in a queue and only timers are sorted, because nearly all tasks have no delay: a {@link
 * java.util.concurrent.ScheduledThreadPoolExecutor} sorts all of them.
 */
public final class ThreadSerialExecutor implements SerialExecutor, AutoCloseable {

  /** Times further apart than twice this can't be compared. */
  private static final long LONGEST_DELAY = Long.MAX_VALUE / 2;

  private final Queue<Due> queue = new ConcurrentLinkedQueue<>();

  /** Touched by the thread alone. */
  private final NavigableSet<Waiting> timers = new TreeSet<>();

  private final Consumer<Throwable> failureHandler;
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean closed;

  /** Touched by the thread alone. */
  private long lastNumber;

  private record Due(long at, Runnable task) {}

  /** A timer. Its number keeps the order of those due in the same nanosecond. */
  private final class Waiting implements Timer, Comparable<Waiting> {
    private final long at;
    private final Runnable task;
    private long number;
    private volatile boolean cancelled;

    Waiting(long at, Runnable task) {
      this.at = at;
      this.task = task;
    }

    @Override
    public void cancel() {
      cancelled = true;
      onThread(() -> timers.remove(this));
    }

    /** Times of {@link System#nanoTime} are compared by their difference. */
    @Override
    public int compareTo(Waiting other) {
      int byTime = Long.signum(at - other.at);
      return byTime == 0 ? Long.compare(number, other.number) : byTime;
    }
  }

  /**
   * Starts the thread.
   *
   * @param threadName the name of the thread
   * @param failureHandler called on the thread with what a task threw
   */
  public ThreadSerialExecutor(String threadName, Consumer<Throwable> failureHandler) {
    this.failureHandler = failureHandler;
    thread = Thread.ofPlatform().name(threadName).daemon().start(this::work);
  }

  @Override
  public void execute(Runnable task) {
    if (closed) {
      return;
    }
    queue.add(new Due(System.nanoTime(), task));
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    long nanos = Math.clamp(delay.toNanos(), 0, LONGEST_DELAY);
    Waiting timer = new Waiting(System.nanoTime() + nanos, task);
    onThread(
        () -> {
          if (!timer.cancelled) {
            timer.number = ++lastNumber;
            timers.add(timer);
          }
        });
    return timer;
  }

  private void onThread(Runnable step) {
    if (Thread.currentThread().equals(thread)) {
      step.run();
    } else {
      execute(step);
    }
  }

  /** Drops what waits and ends the thread after the task that runs now. */
  @Override
  public void close() {
    closed = true;
    queue.clear();
    LockSupport.unpark(thread);
  }

  private void work() {
    while (!closed) {
      Due next = queue.peek();
      Waiting timer = timers.isEmpty() ? null : timers.first();
      if (timer != null && timer.at - (next == null ? System.nanoTime() : next.at) <= 0) {
        timers.remove(timer);
        if (!timer.cancelled) {
          run(timer.task);
        }
      } else if (next != null) {
        queue.poll();
        run(next.task);
      } else {
        sleep(timer);
      }
    }
  }

  /** Whoever adds a task after this has looked at the queue sees that we sleep. */
  private void sleep(@Nullable Waiting timer) {
    asleep = true;
    if (queue.isEmpty() && !closed) {
      if (timer == null) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, timer.at - System.nanoTime());
      }
    }
    asleep = false;
    var _ = Thread.interrupted(); // An interrupt would keep us awake for ever.
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      try {
        failureHandler.accept(e);
      } catch (RuntimeException | Error f) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, f);
      }
    }
  }
}

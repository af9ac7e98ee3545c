package org.hourgate.management.fake;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.InstantSource;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * What happens later, and when: by the clock of the machine, or only when a test lets time pass.
 * Used on the fake's thread only. What is due at the same time happens in the order in which it was
 * scheduled.
 */
final class Timeline {

  private record Task(long dueNanos, long number, Runnable action) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      return dueNanos == other.dueNanos
          ? Long.compare(number, other.number)
          : Long.compare(dueNanos, other.dueNanos);
    }
  }

  private final EventLoop loop;
  private final InstantSource clock;
  private final boolean virtual;
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private long virtualNanos;
  private long taskNumber;

  Timeline(EventLoop loop, InstantSource clock, boolean virtual) {
    this.loop = loop;
    this.clock = clock;
    this.virtual = virtual;
  }

  void schedule(Duration delay, Runnable task) {
    if (virtual) {
      tasks.add(new Task(virtualNanos + delay.toNanos(), taskNumber++, task));
    } else {
      var _ = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Lets virtual time pass; what is due happens in its order. */
  void advance(Duration duration) {
    long until = virtualNanos + duration.toNanos();
    for (Task task = tasks.peek(); task != null && task.dueNanos() <= until; task = tasks.peek()) {
      tasks.remove();
      virtualNanos = task.dueNanos();
      task.action().run();
    }
    virtualNanos = until;
  }

  long unixTime() {
    return clock.instant().plusNanos(virtualNanos).getEpochSecond();
  }
}

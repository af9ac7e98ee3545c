package org.hourgate.app.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The times of packets that came through. Safe for any thread. */
public final class Arrivals {

  private final String name;
  private final List<Instant> times = new ArrayList<>();

  Arrivals(String name) {
    this.name = name;
  }

  /** A time without packets between two packets. */
  public record Gap(Instant from, Instant to) {

    public Duration length() {
      return Duration.between(from, to);
    }
  }

  synchronized void add(Instant time) {
    times.add(time);
    notifyAll();
  }

  public synchronized int count() {
    return times.size();
  }

  /** Returns the times from the one with this index on. */
  public synchronized List<Instant> from(int index) {
    return List.copyOf(times.subList(index, times.size()));
  }

  /** Returns the time of the last packet. */
  public synchronized Optional<Instant> last() {
    return times.isEmpty() ? Optional.empty() : Optional.of(times.getLast());
  }

  /** Returns the gaps longer than the limit; the silence after the last packet is none. */
  public synchronized List<Gap> gaps(Duration longerThan) {
    List<Gap> gaps = new ArrayList<>();
    for (int i = 1; i < times.size(); i++) {
      Gap gap = new Gap(times.get(i - 1), times.get(i));
      if (gap.length().compareTo(longerThan) > 0) {
        gaps.add(gap);
      }
    }
    return gaps;
  }

  /** Waits for a packet with a time after the given one. */
  public synchronized Instant awaitAfter(Instant time, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (times.isEmpty() || !times.getLast().isAfter(time)) {
      long rest = deadline - System.nanoTime();
      if (rest <= 0) {
        throw new LabException(
            "no packet of " + name + " within " + timeout + "; " + times.size() + " came before");
      }
      try {
        wait(rest / 1_000_000 + 1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LabException("interrupted while waiting for a packet of " + name, e);
      }
    }
    return times.getLast();
  }
}

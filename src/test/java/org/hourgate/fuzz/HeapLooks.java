package org.hourgate.fuzz;

import java.util.ArrayList;
import java.util.List;

/**
 * How much heap was in use while a target ran. What is freed some time later, such as soft
 * references, makes single looks differ by megabytes; the least of three tells what stays.
 */
final class HeapLooks {

  private static final int LOOKS = 3;

  private record Look(long seconds, long executions, long bytes) {}

  private final List<Look> looks = new ArrayList<>();
  private final long wholeSeconds;
  private final long warmExecutions;

  /**
   * Begins without a look.
   *
   * @param wholeSeconds how long the target runs
   * @param warmExecutions before so many nothing is judged
   */
  HeapLooks(long wholeSeconds, long warmExecutions) {
    this.wholeSeconds = wholeSeconds;
    this.warmExecutions = warmExecutions;
  }

  void add(long seconds, long executions, long bytes) {
    looks.add(new Look(seconds, executions, bytes));
  }

  long executions() {
    return looks.isEmpty() ? 0 : looks.getLast().executions();
  }

  /** From two fifths of the time on; 0 if nobody looked so late. */
  long early() {
    return least(
        looks.stream()
            .filter(look -> look.seconds() * 5 >= wholeSeconds * 2)
            .filter(look -> look.executions() > warmExecutions)
            .limit(LOOKS)
            .toList());
  }

  /** At the end. */
  long late() {
    return least(looks.subList(Math.max(0, looks.size() - LOOKS), looks.size()));
  }

  /** Whether more than so many bytes were added from {@link #early} to {@link #late}. */
  boolean grewBy(long bytes) {
    return early() > 0 && late() - early() > bytes;
  }

  private static long least(List<Look> some) {
    return some.stream().mapToLong(Look::bytes).min().orElse(0);
  }
}

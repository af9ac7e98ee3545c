package org.hourgate.app.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The lines a process has printed, each with the time at which it was read. Grows while the process
 * runs; never forgets. Safe for any thread.
 */
public final class Output {

  private static final int LINES_IN_A_COMPLAINT = 25;

  private final String name;
  private final List<Line> lines = new ArrayList<>();
  private boolean ended;

  Output(String name) {
    this.name = name;
  }

  /** One line without its line end. */
  public record Line(Instant readAt, String text) {}

  /** Returns all lines so far. */
  public synchronized List<Line> lines() {
    return List.copyOf(lines);
  }

  /**
   * Returns the number of lines so far: where to begin waiting for something that is yet to come.
   */
  public synchronized int mark() {
    return lines.size();
  }

  /** Waits for a line that contains the text, from the first line on. */
  public Line await(String text, Duration timeout) {
    return await(0, text, timeout);
  }

  /** Waits for a line that contains the text, from the mark on. */
  public Line await(int mark, String text, Duration timeout) {
    return await(mark, "a line with \"" + text + "\"", line -> line.contains(text), timeout);
  }

  /** Waits for a line that fits, from the mark on; the description is for the complaint. */
  public synchronized Line await(
      int mark, String description, Predicate<String> fits, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    int next = mark;
    while (true) {
      for (; next < lines.size(); next++) {
        if (fits.test(lines.get(next).text())) {
          return lines.get(next);
        }
      }
      long rest = deadline - System.nanoTime();
      if (ended || rest <= 0) {
        throw new LabException(
            name
                + (ended ? " ended without " : " did not print within " + timeout + ": ")
                + description
                + "; its last lines:\n"
                + tail());
      }
      try {
        // One more millisecond, so that a rest below one does not mean "for ever".
        wait(rest / 1_000_000 + 1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LabException("interrupted while waiting for " + description, e);
      }
    }
  }

  /** Waits until no more can come, but no longer than this. */
  synchronized void awaitEnd(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      for (long rest = timeout.toNanos(); !ended && rest > 0; rest = deadline - System.nanoTime()) {
        wait(rest / 1_000_000 + 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while waiting for the end of " + name, e);
    }
  }

  /** Whether no more can come; a process may be gone a moment before. */
  public synchronized boolean hasEnded() {
    return ended;
  }

  /** Returns the last line so far that contains the text. */
  public synchronized Optional<Line> last(String text) {
    return lines.reversed().stream().filter(line -> line.text().contains(text)).findFirst();
  }

  /** Returns the last lines in one string, for messages to people. */
  public synchronized String tail() {
    StringBuilder tail = new StringBuilder();
    for (Line line :
        lines.subList(Math.max(0, lines.size() - LINES_IN_A_COMPLAINT), lines.size())) {
      tail.append("  ").append(line.text()).append('\n');
    }
    return tail.toString();
  }

  synchronized void add(Line line) {
    lines.add(line);
    notifyAll();
  }

  synchronized void end() {
    ended = true;
    notifyAll();
  }
}

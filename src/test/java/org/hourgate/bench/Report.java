package org.hourgate.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Prints progress as it comes and collects the rows of the final table. */
final class Report {

  private final PrintStream out;
  private final long begin = System.nanoTime();
  private final List<String> rows = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  /** Says what is going on now. */
  void progress(String text) {
    out.printf("[%4d s] %s%n", Duration.ofNanos(System.nanoTime() - begin).toSeconds(), text);
    out.flush();
  }

  /** Begins a part of the table. */
  void heading(String text, String... columns) {
    rows.add("");
    rows.add("| " + text + " | " + String.join(" | ", columns) + " |");
    rows.add("|---".repeat(columns.length + 1) + "|");
  }

  void row(List<String> cells, String... more) {
    List<String> all = new ArrayList<>(cells);
    all.addAll(List.of(more));
    rows.add("| " + String.join(" | ", all) + " |");
  }

  void print() {
    rows.forEach(out::println);
    out.flush();
  }
}

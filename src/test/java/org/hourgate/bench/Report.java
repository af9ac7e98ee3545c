package org.hourgate.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.testing.MeasuredSection;

/**
 * Prints progress as it comes and the tables of each part at its end, and writes these into the
 * page if it was told to.
 */
final class Report {

  private static final Path PAGE = Path.of("docs", "benchmarks.md");

  private final PrintStream out;
  private final boolean records;
  private final String options;
  private final long begin = System.nanoTime();
  private final List<String> lines = new ArrayList<>();
  private String part = "";
  private Instant begun = Instant.EPOCH;

  /**
   * Begins.
   *
   * @param records whether to write {@code docs/benchmarks.md}
   * @param options of the command, behind the name of the part
   */
  Report(PrintStream out, boolean records, String options) {
    this.out = out;
    this.records = records;
    this.options = options;
  }

  /** What follows belongs to this part. */
  void begin(String name) {
    part = name;
    begun = Instant.now();
    lines.clear();
  }

  /** Says what is going on now. */
  void progress(String text) {
    out.printf(
        "[%4d s] %s: %s%n", Duration.ofNanos(System.nanoTime() - begin).toSeconds(), part, text);
    out.flush();
  }

  /** Begins a table. */
  void heading(String text, String... columns) {
    lines.add("");
    lines.add("| " + text + " | " + String.join(" | ", columns) + " |");
    lines.add("|---".repeat(columns.length + 1) + "|");
  }

  void row(List<String> cells, String... more) {
    List<String> all = new ArrayList<>(cells);
    all.addAll(List.of(more));
    lines.add("| " + String.join(" | ", all) + " |");
  }

  /** A sentence of its own below the table. */
  void note(String text) {
    lines.add("");
    lines.add(text);
  }

  /** Prints the tables of the part, and writes them. */
  void end() throws IOException {
    lines.addFirst(MeasuredSection.provenance(begun, "bench/run.sh " + part + options));
    lines.forEach(out::println);
    out.println();
    out.flush();
    if (records && lines.size() > 1) {
      new MeasuredSection(PAGE, part).write(lines);
    }
  }
}

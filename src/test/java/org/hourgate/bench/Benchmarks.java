package org.hourgate.bench;

import java.nio.file.Path;
import java.util.List;

/** Runs the measurements and prints one table. Arguments name parts; none means all. */
final class Benchmarks {

  private static final List<String> ALL =
      List.of("verdicts", "guests", "connects", "expiry", "lookups");

  private Benchmarks() {}

  /**
   * {@code Benchmarks FOLDER LOG [verdicts] [guests] [connects] [expiry] [lookups]}: the gates' log
   * goes to LOG.
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Path log = Path.of(arguments[1]);
    List<String> named = List.of(arguments).subList(2, arguments.length);
    Report report = new Report(System.out);
    try {
      for (String part : named.isEmpty() ? ALL : named) {
        switch (part) {
          case "verdicts" -> new VerdictBench(report, folder, log).run();
          case "guests" -> new GuestBench(report, folder, log).run();
          case "connects" -> new ConnectBench(report, log).run();
          case "expiry" -> new ExpiryBench(report).run();
          case "lookups" -> new LookupBench(report).run();
          default -> throw new IllegalArgumentException("no such part: " + part);
        }
      }
    } finally { // A part that fails does not take the others' figures with it.
      report.print();
    }
  }
}

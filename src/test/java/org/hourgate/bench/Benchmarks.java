package org.hourgate.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs the measurements and prints one table. Arguments name parts; none means all. */
final class Benchmarks {

  private Benchmarks() {}

  public static void main(String[] arguments) throws Exception {
    List<String> parts = arguments.length == 0 ? List.of("verdicts", "expiry") : List.of(arguments);
    Report report = new Report(System.out);
    Path folder = Files.createTempDirectory("hourgate-bench-");
    if (parts.contains("verdicts")) {
      new VerdictBench(
              report, folder, Path.of(System.getProperty("hourgate.bench.log", "gate.log")))
          .run();
    }
    if (parts.contains("expiry")) {
      new ExpiryBench(report).run();
    }
    report.print();
  }
}

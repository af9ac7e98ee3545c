package org.hourgate.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The parts by themselves, by JMH, with either compiler of Java. */
final class JmhBench {

  private static final Map<String, String> NAMES =
      Map.of(
          "readConnect", "read a CONNECT of 38 lines",
          "writeAccept", "write an accept",
          "recoverSignature", "recover a signature, libsecp256k1",
          "recoverSignatureInJava", "recover a signature, BouncyCastle",
          "verdictOnLogin", "verdict on a login, recovery included",
          "verdictOnToken", "verdict on a reconnect token");

  private final Report report;

  JmhBench(Report report) {
    this.report = report;
  }

  void run() throws RunnerException {
    Map<String, RunResult> quick = measure(JavaOptions.SHIPPED);
    Map<String, RunResult> thorough = measure(JavaOptions.THOROUGH);
    report.heading("", "µs, quick compiler", "µs, thorough compiler", "± of it", "bytes allocated");
    quick.forEach(
        (name, result) -> {
          RunResult other = thorough.get(name);
          if (other != null) {
            report.row(
                List.of(
                    NAMES.getOrDefault(name, name),
                    Figures.number(result.getPrimaryResult().getScore(), 2),
                    Figures.number(other.getPrimaryResult().getScore(), 2),
                    Figures.number(other.getPrimaryResult().getScoreError(), 2),
                    Figures.number(
                        Objects.requireNonNull(
                                other.getSecondaryResults().get("gc.alloc.rate.norm"))
                            .getScore(),
                        0)));
          }
        });
  }

  private Map<String, RunResult> measure(List<String> options) throws RunnerException {
    report.progress(String.join(" ", options));
    List<String> all = new ArrayList<>(options);
    all.add("--enable-native-access=ALL-UNNAMED");
    all.add("--sun-misc-unsafe-memory-access=allow");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .mode(Mode.AverageTime)
                    .timeUnit(TimeUnit.MICROSECONDS)
                    .forks(1)
                    .warmupIterations(4)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(4)
                    .measurementTime(TimeValue.seconds(1))
                    .addProfiler(GCProfiler.class)
                    .jvmArgs(all.toArray(String[]::new))
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build())
            .run();
    Map<String, RunResult> byName = new TreeMap<>();
    for (RunResult result : results) {
      String name = result.getParams().getBenchmark();
      byName.put(name.substring(name.lastIndexOf('.') + 1), result);
    }
    return byName;
  }
}

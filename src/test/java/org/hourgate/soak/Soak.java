package org.hourgate.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hourgate.soak.Slope.Verdict;
import org.hourgate.testing.MeasuredSection;

/** Runs a {@link SoakRun} and says what grew; {@code bench/soak.sh} is the way in. */
final class Soak {

  private Soak() {}

  /** {@code [--minutes N] [--seed N] [--record]}. */
  public static void main(String[] arguments) throws Exception {
    double minutes = 30;
    long seed = new Random().nextInt(Integer.MAX_VALUE);
    boolean recorded = false;
    Iterator<String> words = List.of(arguments).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "--minutes" -> minutes = Double.parseDouble(words.next());
        case "--seed" -> seed = Long.parseLong(words.next());
        case "--record" -> recorded = true;
        default -> throw new IllegalArgumentException(word);
      }
    }
    Instant begun = Instant.now();
    SoakRun run = new SoakRun(seed);
    Map<String, Slope> slopes = run.run(Duration.ofMillis((long) (minutes * 60_000)));
    List<String> report = new ArrayList<>();
    report.add(
        MeasuredSection.provenance(
            begun,
            "bench/soak.sh --minutes %s --seed %d"
                .formatted(MeasuredSection.number(minutes), seed)));
    report.add("");
    report.addAll(table(slopes));
    report.add("");
    report.add("After a warm-up of " + run.warmUp().toSeconds() + " s. " + run.happened() + ".");
    report.forEach(System.out::println);
    if (recorded) {
      new MeasuredSection(Path.of("docs", "reliability.md"), "soak").write(report);
    }
    boolean well =
        slopes.values().stream()
            .map(Slope::verdict)
            .allMatch(v -> v == Verdict.BELOW || v == Verdict.NOT_ABOVE);
    System.exit(well ? 0 : 1);
  }

  private static List<String> table(Map<String, Slope> slopes) {
    List<String> rows = new ArrayList<>();
    rows.add(
        "| what the gate's process holds | after warm-up | at the end | % an hour | 95 % sure |"
            + " limit | verdict |");
    rows.add("|---|---|---|---|---|---|---|");
    slopes.forEach(
        (what, slope) ->
            rows.add(
                "| %s | %.2f | %.2f | %+.2f | %+.2f … %+.2f | %.1f | %s |"
                    .formatted(
                        what,
                        slope.first(),
                        slope.last(),
                        slope.percentPerHour(),
                        slope.least(),
                        slope.most(),
                        slope.limit(),
                        slope.verdict().words)));
    return rows;
  }
}

package org.hourgate.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hourgate.interleavings.OrdersRun;
import org.hourgate.testing.MeasuredSection;

/** Fuzzes all targets, or some, for so long each; {@code bench/fuzz.sh} calls it. */
public final class FuzzRun {

  private FuzzRun() {}

  /** {@code [--minutes N] [--publish] [TARGET...]} or {@code --replay TARGET FILE}. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 3 && arguments[0].equals("--replay")) {
      Targets.make(arguments[1]).run(Files.readAllBytes(Path.of(arguments[2])));
      System.out.println("good");
      return;
    }
    if (arguments.length > 1 && arguments[0].equals("--orders")) {
      OrdersRun.main(arguments);
      return;
    }
    if (arguments.length > 1 && arguments[0].equals("--proofs")) {
      ProofRun.main(arguments);
      return;
    }
    Instant begun = Instant.now();
    Duration time = Duration.ofMinutes(1);
    boolean publish = false;
    List<Targets> targets = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--minutes" -> time = Duration.ofMinutes(Long.parseLong(arguments[++i]));
        case "--publish" -> publish = true;
        default -> targets.add(Targets.named(arguments[i]));
      }
    }
    Path folder = Files.createDirectories(Path.of("target", "fuzz"));
    List<FuzzProcess.Outcome> outcomes =
        all(targets.isEmpty() ? Arrays.asList(Targets.values()) : targets, time, folder);
    if (publish) {
      List<String> lines = new ArrayList<>();
      lines.add("| target | inputs | heap at two fifths, at the end | |\n|---|--:|--:|---|");
      outcomes.forEach(outcome -> lines.add(outcome.row()));
      lines.add("");
      lines.add(MeasuredSection.provenance(begun, "bench/fuzz.sh " + String.join(" ", arguments)));
      new MeasuredSection(Path.of("docs", "reliability.md"), "fuzzing").write(lines);
    }
    System.exit(outcomes.stream().allMatch(FuzzProcess.Outcome::isGood) ? 0 : 1);
  }

  /** As many at a time as there are processors. */
  static List<FuzzProcess.Outcome> all(List<Targets> targets, Duration time, Path folder)
      throws IOException, InterruptedException {
    List<FuzzProcess.Outcome> outcomes = new ArrayList<>();
    try (ExecutorService processors =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<FuzzProcess.Outcome>> running = new ArrayList<>();
      for (Targets target : targets) {
        running.add(
            processors.submit(
                () -> {
                  FuzzProcess.Outcome outcome =
                      FuzzProcess.run(
                          target.word(), target.make(), time, folder.resolve(target.word()));
                  System.out.println(outcome.line());
                  return outcome;
                }));
      }
      for (Future<FuzzProcess.Outcome> outcome : running) {
        outcomes.add(outcome.get());
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
    return outcomes;
  }
}

package org.hourgate.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.hourgate.testing.MeasuredSection;

/** Many mutated proofs at several gates at once; {@code bench/fuzz.sh --proofs N} calls it. */
final class ProofRun {

  private ProofRun() {}

  /** {@code --proofs N [--seed N] [--publish]}. */
  static void main(String[] arguments) throws Exception {
    Instant begun = Instant.now();
    long tries = 0;
    long seed = new Random().nextInt(Integer.MAX_VALUE);
    boolean publish = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--proofs" -> tries = Long.parseLong(arguments[++i]);
        case "--seed" -> seed = Long.parseLong(arguments[++i]);
        case "--publish" -> publish = true;
        default -> throw new IllegalArgumentException("unknown: " + arguments[i]);
      }
    }
    MutatedProofs.Tally tally = run(tries, seed);
    List<String> lines = lines(tally, seed, Duration.between(begun, Instant.now()));
    lines.forEach(System.out::println);
    tally.wrong().forEach(System.out::println);
    if (publish) {
      lines.add("");
      lines.add(MeasuredSection.provenance(begun, "bench/fuzz.sh " + String.join(" ", arguments)));
      new MeasuredSection(Path.of("docs", "reliability.md"), "mutated-proofs").write(lines);
    }
    System.exit(tally.wrong().isEmpty() ? 0 : 1);
  }

  /** A gate for each processor. */
  static MutatedProofs.Tally run(long tries, long seed) throws IOException, InterruptedException {
    int gates = Runtime.getRuntime().availableProcessors();
    Map<Mutation, Long> byMutation = new EnumMap<>(Mutation.class);
    List<String> wrong = new ArrayList<>();
    long made = 0;
    long accepts = 0;
    try (ExecutorService processors = Executors.newFixedThreadPool(gates)) {
      List<Future<MutatedProofs.Tally>> running = new ArrayList<>();
      for (int i = 0; i < gates; i++) {
        long own = seed + i;
        running.add(
            processors.submit(
                () ->
                    new MutatedProofs(own, Scratch.folder("proofs"))
                        .run((tries + gates - 1) / gates)));
      }
      for (Future<MutatedProofs.Tally> future : running) {
        MutatedProofs.Tally tally = future.get();
        made += tally.tries();
        accepts += tally.accepts();
        wrong.addAll(tally.wrong());
        tally
            .byMutation()
            .forEach((mutation, count) -> byMutation.merge(mutation, count, Long::sum));
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
    return new MutatedProofs.Tally(made, accepts, byMutation, wrong);
  }

  private static List<String> lines(MutatedProofs.Tally tally, long seed, Duration took) {
    return new ArrayList<>(
        List.of(
            String.format(
                Locale.ROOT,
                "%,d logins in %d s, seed %d: %,d accepted, each of them signed or minted; **%d wrong"
                    + " decisions**.",
                tally.tries(),
                took.toSeconds(),
                seed,
                tally.accepts(),
                tally.wrong().size()),
            "",
            tally.byMutation().entrySet().stream()
                .map(
                    entry ->
                        String.format(
                            Locale.ROOT,
                            "%s %,d",
                            entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                            entry.getValue()))
                .collect(Collectors.joining(" · "))));
  }
}

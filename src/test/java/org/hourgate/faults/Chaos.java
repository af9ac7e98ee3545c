package org.hourgate.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** Runs a {@link ChaosRun} and has it judged; {@code bench/chaos.sh} is the way in. */
final class Chaos {

  /** Recovering takes the gate a recheck of a spare node, and some time-outs. */
  private static final Duration REACTION = Duration.ofSeconds(15);

  /** A cut is written within 1 s; a busy machine may need some more. */
  private static final Duration LATE_CUT = Duration.ofSeconds(3);

  private Chaos() {}

  /** {@code [--minutes N] [--seed N] [--nodes N]}, or {@code --judge HISTORY [--nodes N]}. */
  public static void main(String[] arguments) throws Exception {
    double minutes = 10;
    long seed = new Random().nextInt(Integer.MAX_VALUE);
    int nodes = 3;
    Optional<Path> judged = Optional.empty();
    for (int i = 0; i < arguments.length; i += 2) {
      switch (arguments[i]) {
        case "--minutes" -> minutes = Double.parseDouble(arguments[i + 1]);
        case "--seed" -> seed = Long.parseLong(arguments[i + 1]);
        case "--nodes" -> nodes = Integer.parseInt(arguments[i + 1]);
        case "--judge" -> judged = Optional.of(Path.of(arguments[i + 1]));
        default -> throw new IllegalArgumentException(arguments[i]);
      }
    }
    Judge.Sentence sentence =
        judged.isPresent()
            ? judge(judged.get(), nodes)
            : run(nodes, seed, Duration.ofMillis((long) (minutes * 60_000)));
    sentence.counts().forEach((what, count) -> System.out.printf("%,10d %s%n", count, what));
    sentence.faults().forEach(System.out::println);
    System.out.printf("%d faults of the gate%n", sentence.faults().size());
    System.exit(sentence.faults().isEmpty() ? 0 : 1);
  }

  private static Judge.Sentence run(int nodes, long seed, Duration duration) throws Exception {
    Path folder = Files.createTempDirectory("hourgate-chaos-");
    Path file = folder.resolve("history.jsonl");
    System.out.printf("seed %d, %s, %d nodes, history %s%n", seed, duration, nodes, file);
    return runAndJudge(folder, file, nodes, seed, duration);
  }

  static Judge.Sentence runAndJudge(Path folder, Path file, int nodes, long seed, Duration duration)
      throws Exception {
    try (ChaosRun run = new ChaosRun(folder, file, nodes, seed)) {
      run.run(duration);
    }
    return judge(file, nodes);
  }

  private static Judge.Sentence judge(Path file, int nodes) throws IOException {
    return Judge.judge(History.read(file), ChaosRun.quorum(nodes), REACTION, LATE_CUT);
  }
}

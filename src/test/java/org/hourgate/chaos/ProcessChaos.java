package org.hourgate.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hourgate.chaos.Fields.Cell;
import org.hourgate.testing.MeasuredSection;

/** Runs {@link Driver}s and has their histories judged; {@code bench/chaos.sh --processes}. */
final class ProcessChaos {

  private ProcessChaos() {}

  /**
   * {@code [--minutes N] [--houses N] [--seed N] [--step STEP] [--harm HARM] [--record]}, or {@code
   * [--record] --judge HISTORY...}.
   */
  public static void main(String[] arguments) throws Exception {
    double minutes = 10;
    int houses = 4;
    long seed = new Random().nextInt(Integer.MAX_VALUE);
    boolean recorded = false;
    Set<Step> steps = EnumSet.allOf(Step.class);
    Set<Harm> harms = EnumSet.allOf(Harm.class);
    List<Path> judged = new ArrayList<>();
    Iterator<String> words = List.of(arguments).iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "--minutes" -> minutes = Double.parseDouble(words.next());
        case "--houses" -> houses = Integer.parseInt(words.next());
        case "--seed" -> seed = Long.parseLong(words.next());
        case "--step" -> steps = EnumSet.of(Step.valueOf(words.next()));
        case "--harm" -> harms = EnumSet.of(Harm.valueOf(words.next()));
        case "--record" -> recorded = true;
        case "--judge" -> words.forEachRemaining(file -> judged.add(Path.of(file)));
        default -> throw new IllegalArgumentException(word);
      }
    }
    Optional<String> origin;
    if (judged.isEmpty()) {
      Instant begun = Instant.now();
      Path folder = Files.createTempDirectory("hourgate-process-chaos-");
      System.out.printf("seed %d, %d houses, histories in %s%n", seed, houses, folder);
      Set<Step> atSteps = steps;
      Set<Harm> byHarms = harms;
      judged.addAll(
          run(
              folder,
              houses,
              seed,
              cell -> atSteps.contains(cell.step()) && byHarms.contains(cell.harm()),
              Duration.ofMillis((long) (minutes * 60_000))));
      String command =
          "bench/chaos.sh --processes --minutes %s --houses %d --seed %d%s%s"
              .formatted(
                  MeasuredSection.number(minutes),
                  houses,
                  seed,
                  steps.size() == 1 ? " --step " + steps.iterator().next() : "",
                  harms.size() == 1 ? " --harm " + harms.iterator().next() : "");
      Origin.write(folder, MeasuredSection.provenance(begun, command));
      origin = Origin.of(judged);
    } else {
      String judge = " · judged again by commit " + MeasuredSection.commit();
      origin = Origin.of(judged).map(line -> line + judge);
      if (recorded && origin.isEmpty()) {
        throw new IllegalArgumentException(
            "not recorded: these are not all histories of one run, or the file \"origin\" is missing");
      }
    }
    List<Model.Sentence> sentences = new ArrayList<>();
    for (Path file : judged) {
      List<Fact> facts = Chronicle.read(file);
      Model.Sentence sentence = Model.judge(facts);
      sentence.faults().forEach(fault -> System.out.println(file + ": " + fault));
      sentences.add(sentence);
    }
    List<String> report = new ArrayList<>();
    report.add(origin.orElse("Histories of which nobody knows how they came about."));
    report.add("");
    report.addAll(report(sentences));
    report.forEach(System.out::println);
    if (recorded) {
      new MeasuredSection(Path.of("docs", "reliability.md"), "process-chaos").write(report);
    }
    System.exit(sentences.stream().allMatch(s -> s.faults().isEmpty()) ? 0 : 1);
  }

  /** Runs houses side by side, and returns their histories. */
  static List<Path> run(
      Path folder, int houses, long seed, Predicate<Cell> fields, Duration duration)
      throws Exception {
    Random dice = new Random(seed);
    Fields shared = new Fields(fields, new Random(dice.nextLong()));
    List<Callable<Path>> runs =
        IntStream.rangeClosed(1, houses)
            .mapToObj(
                number -> {
                  Random own = new Random(dice.nextLong());
                  Path file = folder.resolve("history-" + number + ".jsonl");
                  // Every second one waits for a second block before it counts a purchase.
                  return (Callable<Path>) () -> run(file, 2 - number % 2, shared, own, duration);
                })
            .toList();
    List<Path> files = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(houses)) {
      for (Future<Path> run : threads.invokeAll(runs)) {
        files.add(run.get());
      }
    }
    return files;
  }

  private static Path run(
      Path file, int confirmations, Fields fields, Random dice, Duration duration)
      throws Exception {
    try (Chronicle chronicle = new Chronicle(file);
        House house = new House(chronicle, confirmations);
        Driver driver = new Driver(house, chronicle, confirmations, fields, dice)) {
      driver.run(duration);
    }
    return file;
  }

  private static List<String> report(List<Model.Sentence> sentences) throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    Map<Step, Map<Harm, Long>> matrix = new EnumMap<>(Step.class);
    Map<Harm, List<Long>> silences = new EnumMap<>(Harm.class);
    List<Long> overruns = new ArrayList<>();
    long faults = 0;
    for (Model.Sentence sentence : sentences) {
      faults += sentence.faults().size();
      overruns.addAll(sentence.overruns());
      sentence.counts().forEach((what, count) -> counts.merge(what, count, Long::sum));
      sentence
          .matrix()
          .forEach(
              (step, row) ->
                  row.forEach(
                      (harm, count) ->
                          matrix
                              .computeIfAbsent(step, _ -> new EnumMap<>(Harm.class))
                              .merge(harm, count, Long::sum)));
      sentence
          .silences()
          .forEach(
              (harm, all) -> silences.computeIfAbsent(harm, _ -> new ArrayList<>()).addAll(all));
    }
    List<String> lines = new ArrayList<>();
    long harmed =
        matrix.values().stream().flatMap(row -> row.values().stream()).mapToLong(c -> c).sum();
    long hit = matrix.values().stream().mapToLong(row -> row.size()).sum();
    lines.add(
        "**%d faults of the gate.** %d times harm was done, in %d of %d fields of the matrix:"
            .formatted(faults, harmed, hit, Step.values().length * Harm.values().length));
    lines.add("");
    lines.add(
        "| | "
            + Arrays.stream(Harm.values())
                .map(harm -> harm.words)
                .collect(Collectors.joining(" | "))
            + " |");
    lines.add("|---".repeat(Harm.values().length + 1) + "|");
    for (Step step : Step.values()) {
      Map<Harm, Long> row = matrix.getOrDefault(step, Map.of());
      lines.add(
          "| "
              + step.words
              + " | "
              + Arrays.stream(Harm.values())
                  .map(harm -> row.containsKey(harm) ? row.get(harm).toString() : "")
                  .collect(Collectors.joining(" | "))
              + " |");
    }
    lines.add("");
    lines.add("| longest silence of a customer who had paid, ms | times | p50 | max |");
    lines.add("|---|---|---|---|");
    silences.forEach((harm, all) -> lines.add(figures(harm.words, all)));
    if (!overruns.isEmpty()) {
      lines.add("");
      lines.add(
          "| ms from the paid second to the last packet, a gate in charge | times | p50 | max |");
      lines.add("|---|---|---|---|");
      lines.add(figures("of a client that does not want to go", overruns));
    }
    lines.add("");
    lines.add(
        counts.entrySet().stream()
            .map(count -> "%,d %s".formatted(count.getValue(), count.getKey()))
            .collect(Collectors.joining(" · ", "", ".")));
    return lines;
  }

  private static String figures(String what, List<Long> values) {
    List<Long> sorted = values.stream().sorted().toList();
    return "| %s | %d | %,d | %,d |"
        .formatted(what, sorted.size(), sorted.get(sorted.size() / 2), sorted.getLast());
  }
}

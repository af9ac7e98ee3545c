package org.hourgate.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run of Jazzer over one target, in a process with a small heap. Its folder holds the seeds,
 * what was found on the way, the log, and what broke the target.
 */
final class FuzzProcess {

  private static final Duration GRACE = Duration.ofMinutes(6);

  /** What a leak of one byte in a million inputs would not reach, and one of a line would. */
  private static final long MOST_GROWTH = 8L << 20;

  private FuzzProcess() {}

  /**
   * What came of it.
   *
   * @param failure empty if there was none; otherwise what was thrown
   * @param heapEarly bytes in use after a collection when two fifths of the time had passed, and
   *     all classes were loaded by twice as many inputs as there are seeds; 0 if that never was
   * @param heapLate the same at the end
   */
  record Outcome(
      String target,
      Duration time,
      long executions,
      long heapEarly,
      long heapLate,
      String failure) {

    boolean isGood() {
      return failure.isEmpty();
    }

    /** For people. */
    String line() {
      return String.format(
          Locale.ROOT,
          "%-11s %,12d inputs in %4d s, heap %.1f -> %.1f MiB%s",
          target,
          executions,
          time.toSeconds(),
          heapEarly / 1048576.0,
          heapLate / 1048576.0,
          failure.isEmpty() ? "" : "  FAILED: " + failure);
    }

    /** For a table. */
    String row() {
      return String.format(
          Locale.ROOT,
          "| %s | %,d | %.1f, %.1f MiB | %s |",
          target,
          executions,
          heapEarly / 1048576.0,
          heapLate / 1048576.0,
          failure.isEmpty() ? "good" : failure);
    }
  }

  /** Runs a target for so long, or until it breaks. Blocks. */
  static Outcome run(String target, FuzzTarget seeded, Duration time, Path folder)
      throws IOException, InterruptedException {
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    Path report = folder.resolve("report");
    Path log = folder.resolve("log");
    int number = 0;
    for (byte[] seed : seeded.seeds()) {
      Files.write(seeds.resolve("seed-" + number++), seed);
    }
    Path words = folder.resolve("words");
    Files.write(words, seeded.words().stream().map(FuzzProcess::quoted).toList());
    // Behind whatever else is tested at the same time.
    List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:+EnableDynamicAgentLoading",
            "-Djdk.attach.allowAttachSelf=true",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-D" + JazzerEntry.TARGET + "=" + target,
            "-D" + JazzerEntry.REPORT + "=" + report,
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + JazzerEntry.class.getName(),
            "--instrumentation_includes=org.hourgate.**:org.snakeyaml.**",
            "--custom_hook_includes=org.hourgate.**",
            "--reproducer_path=" + folder,
            "-artifact_prefix=" + folder + "/",
            "-max_total_time=" + time.toSeconds(),
            "-timeout=180",
            "-max_len=" + 4 * 1024,
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
            corpus.toString(),
            seeds.toString()));
    if (!seeded.words().isEmpty()) { // An empty dictionary is an error.
      command.add("-dict=" + words);
    }
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(time.plus(GRACE).toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return new Outcome(target, time, 0, 0, 0, "it did not end, see " + log);
    }
    return judge(target, time, number, process.exitValue(), log, report);
  }

  private static String quoted(String word) {
    String text =
        word.chars()
            .mapToObj(
                c ->
                    c > ' ' && c < 0x7f && c != '"' && c != '\\'
                        ? Character.toString(c)
                        : String.format(Locale.ROOT, "\\x%02x", c))
            .collect(Collectors.joining());
    return '"' + text + '"';
  }

  private static Outcome judge(
      String target, Duration time, int seeds, int exit, Path log, Path report) throws IOException {
    HeapLooks looks = new HeapLooks(time.toSeconds(), 2L * seeds);
    long executions = 0;
    for (String line : Files.exists(report) ? Files.readAllLines(report) : List.<String>of()) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("end")) {
        executions = Long.parseLong(words[1]);
      } else {
        looks.add(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
      }
    }
    executions = Math.max(executions, looks.executions());
    String failure = "";
    if (exit != 0) {
      failure = thrown(log);
    } else if (executions == 0) {
      failure = "nothing was run, see " + log;
    } else if (looks.grewBy(MOST_GROWTH)) {
      failure = "memory grows, see " + report;
    }
    return new Outcome(target, time, executions, looks.early(), looks.late(), failure);
  }

  private static String thrown(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      return lines
              .filter(
                  line -> line.startsWith("== Java Exception") || line.contains("ERROR: libFuzzer"))
              .findFirst()
              .orElse("it ended badly")
          + ", see "
          + log;
    } catch (UncheckedIOException e) {
      return "it ended badly, see " + log;
    }
  }
}

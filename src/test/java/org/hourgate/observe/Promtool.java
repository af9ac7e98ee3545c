package org.hourgate.observe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Prometheus' own checker, of Debian's package {@code prometheus}. */
final class Promtool {

  private Promtool() {}

  /** How it ended, and all that it printed. */
  record Result(int exitCode, String output) {}

  static Result run(String... arguments) throws IOException, InterruptedException {
    return run(Path.of("/dev/null"), arguments);
  }

  /** Runs it with a file on its standard input. */
  static Result run(Path input, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process = start(command, input);
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return new Result(process.waitFor(), output);
  }

  /** Runs it with a text on its standard input. */
  static Result runOn(String input, String... arguments) throws IOException, InterruptedException {
    Path file = Files.createTempFile("promtool", ".in");
    try {
      return run(Files.writeString(file, input), arguments);
    } finally {
      Files.delete(file);
    }
  }

  private static Process start(List<String> command, Path input) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectInput(input.toFile())
          .start();
    } catch (IOException e) {
      throw new AssertionError("promtool can't be run; scripts/setup.sh --tests installs it", e);
    }
  }
}

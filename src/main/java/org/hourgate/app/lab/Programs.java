package org.hourgate.app.lab;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The programs of the operating system that the lab uses. */
final class Programs {

  private Programs() {}

  static Path ip() {
    return find("ip", "iproute2");
  }

  static Path openvpn() {
    return find("openvpn", "openvpn");
  }

  static Path ping() {
    return find("ping", "iputils-ping");
  }

  /** Looks in PATH and in the folders that Debian keeps out of an ordinary user's PATH. */
  static Path find(String program, String debianPackage) {
    return look(program)
        .orElseThrow(
            () ->
                new LabException(
                    "needs the program "
                        + program
                        + ", which is not installed: apt-get install "
                        + debianPackage));
  }

  /** The same for a program that may be absent. */
  static Optional<Path> look(String program) {
    List<String> folders = new ArrayList<>();
    String path = System.getenv("PATH");
    if (path != null) {
      folders.addAll(List.of(path.split(File.pathSeparator, -1)));
    }
    folders.addAll(List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin"));
    return folders.stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs a short command to its end and returns what it printed. Failure is an exception. */
  static String run(String input, List<String> command) {
    Result result = tryRun(input, command);
    if (result.exitCode() != 0) {
      throw new LabException(
          String.join(" ", command) + " ended with " + result.exitCode() + ": " + result.output());
    }
    return result.output();
  }

  /**
   * The same for a command that may fail. The input must be small: it is written before reading.
   */
  static Result tryRun(String input, List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new LabException("cannot run " + String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while running " + String.join(" ", command), e);
    }
  }

  /** How a command ended. */
  record Result(int exitCode, String output) {}
}

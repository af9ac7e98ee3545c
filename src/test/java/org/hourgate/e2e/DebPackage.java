package org.hourgate.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.lab.LabProcess;
import org.jspecify.annotations.Nullable;

/** The Debian package, built by Maven from the classes and the jar of this build. */
final class DebPackage {

  private static final Duration TIME_TO_BUILD = Duration.ofMinutes(10);

  private static @Nullable Path built;

  private DebPackage() {}

  /** Built once for all tests. */
  static synchronized Path ofThisBuild() throws IOException {
    if (built == null) {
      Path folder = Path.of("target/deb-of-tests").toAbsolutePath();
      Files.createDirectories(folder);
      Path file = folder.resolve("hourgate.deb");
      run(
          List.of(
              "mvn",
              "-B",
              "-q",
              "-Pdeb",
              "-Ddeb.stage=" + folder.resolve("root"),
              "-Ddeb.file=" + file,
              "exec:exec@stage",
              "jdeb:jdeb@deb"));
      built = file;
    }
    return built;
  }

  /**
   * Builds it by scripts/package.sh, in another folder, from the sources alone; on fewer
   * processors.
   */
  static Path buildFromNothing(Path folder) throws IOException {
    Files.createDirectories(folder);
    run(
        List.of(
            "sh", "-c", "tar -c --exclude=./target --exclude=./.tools . | tar -x -C " + folder));
    run(List.of("taskset", "--cpu-list", "0,1", folder.resolve("scripts/package.sh").toString()));
    try (var built = Files.newDirectoryStream(folder.resolve("target"), "hourgate_*.deb")) {
      return built.iterator().next();
    }
  }

  /** Runs a program that has to succeed, and returns what it printed. */
  static List<String> run(List<String> command) {
    try (LabProcess process = LabProcess.start(command.getFirst(), command)) {
      int exitCode = process.awaitExit(TIME_TO_BUILD);
      List<String> lines = new ArrayList<>();
      process.output().lines().forEach(line -> lines.add(line.text()));
      if (exitCode != 0) {
        throw new AssertionError(
            String.join(" ", command) + ": " + exitCode + "\n" + String.join("\n", lines));
      }
      return lines;
    }
  }
}

package org.hourgate.chaos;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How the histories of a run came about: a line that lies beside them, so that whoever judges them
 * later can say it.
 */
final class Origin {

  private static final String NAME = "origin";

  private Origin() {}

  /** Keeps the line with the histories in this folder. */
  static void write(Path folder, String line) throws IOException {
    Files.writeString(folder.resolve(NAME), line + "\n");
  }

  /** Returns the line; empty if these are not all histories of one run, or nobody wrote it. */
  static Optional<String> of(List<Path> histories) throws IOException {
    Set<Path> given = new HashSet<>();
    histories.forEach(file -> given.add(file.toAbsolutePath().normalize()));
    Path folder = given.iterator().next().resolveSibling("");
    Set<Path> all = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jsonl")) {
      files.forEach(all::add);
    }
    Path line = folder.resolve(NAME);
    return given.equals(all) && Files.exists(line)
        ? Optional.of(Files.readString(line).strip())
        : Optional.empty();
  }
}

package org.hourgate.app.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The program of a checkout. A service can't run it there: who builds takes the jar from under it,
 * and folders at home are closed to it. So it is put to where programs of this machine are.
 *
 * @param home the folder of {@code bin/hourgate}
 * @param jar what it runs, with its libraries in a folder {@code lib} beside
 */
record Program(Path home, Path jar) {

  /** How units name it: they know no other root. */
  static final String START = "/usr/local/lib/hourgate/bin/hourgate";

  private static final List<String> AT_HOME = List.of("/home", "/root", "/run/user", "/tmp");

  /** What runs here, if {@code bin/hourgate} has started it; the package's start says nothing. */
  static Optional<Program> here() {
    return Optional.ofNullable(System.getProperty("hourgate.home"))
        .map(Path::of)
        .map(home -> new Program(home, Path.of(System.getProperty("java.class.path"))));
  }

  /** What is written, as far as it is worth a line. */
  static List<Path> files(Layout layout) {
    return List.of(start(layout), layout.programLink());
  }

  static Path start(Layout layout) {
    return layout.program().resolve("bin/hourgate");
  }

  /** Where the service can't look, see {@code ProtectHome} and {@code PrivateTmp} in its unit. */
  static boolean javaIsAtHome() {
    return AT_HOME.stream().anyMatch(Path.of(System.getProperty("java.home"))::startsWith);
  }

  /** Whether it is that of a layout already. */
  boolean isOf(Layout layout) {
    return home.equals(layout.program());
  }

  /** The files that somebody wants to read about: of the program's many the one to start. */
  static List<Path> withoutParts(Layout layout, List<Path> files) {
    return files.stream()
        .filter(file -> !file.startsWith(layout.program()) || file.equals(start(layout)))
        .toList();
  }

  /** Also in place of a former one: where that fails, there still is a program to start. */
  void install(Layout layout, Journal journal) throws IOException {
    Path target = layout.program();
    Map<Path, Path> parts = new LinkedHashMap<>();
    try (Stream<Path> libraries = Files.list(jar.resolveSibling("lib"))) {
      libraries
          .sorted()
          .forEach(file -> parts.put(target.resolve("lib").resolve(file.getFileName()), file));
    }
    parts.put(target.resolve("hourgate.jar"), jar);
    for (String file : List.of("scripts/jdk.sh", "bin/java.options", "bin/hourgate")) {
      parts.put(target.resolve(file), home.resolve(file));
    }
    for (Map.Entry<Path, Path> part : parts.entrySet()) {
      journal.copy(part.getValue(), part.getKey());
    }
    journal.link(layout.programLink(), start(layout));
    journal.remove(file -> file.startsWith(target) && !parts.containsKey(file));
  }
}

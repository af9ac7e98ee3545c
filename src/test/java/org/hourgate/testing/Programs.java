package org.hourgate.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The public programs that tests need. */
public final class Programs {

  /** Where {@code scripts/setup.sh} puts what it does not install. */
  private static final Path UNPACKED = Path.of(".tools/bin");

  private Programs() {}

  /**
   * Finds the first that is there.
   *
   * @throws AssertionError with what to do
   */
  public static Path find(String... names) {
    List<Path> folders =
        Stream.concat(
                Stream.of(UNPACKED),
                Arrays.stream(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
                    .map(Path::of))
            .toList();
    return Arrays.stream(names)
        .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toAbsolutePath)
        .orElseThrow(
            () ->
                new AssertionError(
                    String.join(" or ", names) + " was not found; scripts/setup.sh --tests"));
  }
}

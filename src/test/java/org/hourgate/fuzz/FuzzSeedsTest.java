package org.hourgate.fuzz;

import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Every seed, and every input that once broke a target, without Jazzer. */
final class FuzzSeedsTest {

  private static final Path FOUND = Path.of("src/test/resources/fuzz");

  /** That damaged files and strange lines are logged is known. */
  @BeforeAll
  static void silence() {
    level(Level.OFF);
  }

  @AfterAll
  static void speak() {
    level(Level.WARN);
  }

  private static void level(Level level) {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(level);
  }

  @ParameterizedTest
  @EnumSource
  void seedsAndWhatWasFoundBreakNothing(Targets target) {
    FuzzTarget made = target.make();
    List<byte[]> inputs = new ArrayList<>(made.seeds());
    inputs.add(new byte[0]);
    inputs.addAll(found(target));
    for (int i = 0; i < inputs.size(); i++) {
      byte[] input = inputs.get(i);
      assertThatCode(() -> made.run(input))
          .as("input %d of %s", i, target)
          .doesNotThrowAnyException();
    }
  }

  private static List<byte[]> found(Targets target) {
    Path folder = FOUND.resolve(target.word());
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<byte[]> inputs = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        inputs.add(Files.readAllBytes(file));
      }
      return inputs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

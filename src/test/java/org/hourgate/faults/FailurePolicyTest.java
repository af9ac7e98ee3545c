package org.hourgate.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/failure-policy.md names tests that there are. */
final class FailurePolicyTest {

  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");

  @Test
  void eachTestThatIsNamedExists() throws IOException {
    String page = Files.readString(Path.of("docs/failure-policy.md"));
    List<MatchResult> named = TEST.matcher(page).results().toList();
    assertThat(named).hasSizeGreaterThan(40);
    for (MatchResult test : named) {
      assertThat(sources(test.group(1)))
          .as(test.group())
          .anyMatch(source -> source.contains(" void " + test.group(2) + "("));
    }
  }

  private static List<String> sources(String className) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      return files
          .filter(file -> file.endsWith(className + ".java"))
          .map(FailurePolicyTest::read)
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

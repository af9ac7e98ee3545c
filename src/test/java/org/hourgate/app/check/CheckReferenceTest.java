package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/check.md} against what can be found. */
final class CheckReferenceTest {

  @Test
  void explainsEveryCodeOnceAndNoOther() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("docs/check.md")).stream()
            .filter(line -> line.matches("\\| `[a-z0-9_]+` \\| .+ \\|.*\\|"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();

    assertThat(rows)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(FindingCode.values()).map(FindingCode::text).toList());
  }

  @Test
  void saysOfEveryUnsafeLineThatItIs() throws IOException {
    String reference = Files.readString(Path.of("docs/check.md"));

    assertThat(
            Stream.concat(LintRules.MANAGEMENT.stream(), LintRules.SCRIPT.stream())
                .filter(rule -> rule.weight() == LintFinding.Weight.UNSAFE))
        .isNotEmpty()
        .allSatisfy(
            rule ->
                assertThat(reference).containsPattern("`" + rule.code().text() + "` \\| .*unsafe"));
  }

  @Test
  void hasNoCodeThatNothingFinds() throws IOException {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/org/hourgate/app"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        if (!file.endsWith("FindingCode.java")) {
          sources.append(Files.readString(file));
        }
      }
    }
    String all = sources.toString();

    assertThat(FindingCode.values())
        .allSatisfy(code -> assertThat(all).containsPattern("[ .(]" + code.name() + "\\b"));
  }
}

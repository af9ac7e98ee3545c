package org.hourgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hourgate.infrastructure.config.ConfigException;
import org.hourgate.infrastructure.config.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/configuration.md} against what is really read. */
final class ConfigurationReferenceTest {

  private static final String NONSENSE = "nothing-like-any-key-at-all";

  @TempDir private Path folder;

  @Test
  void namesEveryKey() throws IOException {
    String reference = Files.readString(Path.of("docs/configuration.md"));

    assertThat(knownKeys())
        .hasSizeGreaterThan(25)
        .allSatisfy(key -> assertThat(reference).contains("\n| `" + key + "` |"));
  }

  @Test
  void namesNoKeyThatIsNotRead() throws IOException {
    List<String> documented =
        Files.readAllLines(Path.of("docs/configuration.md")).stream()
            .filter(line -> line.matches("\\| `[a-z]+(\\[0])?[.].*"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();

    assertThat(documented).containsExactlyInAnyOrderElementsOf(knownKeys());
  }

  /** A default that is written down, written into the file, changes nothing. */
  @Test
  void tellsTheDefaultsThatHold() throws IOException {
    HourgateConfig plain = ConfigFiles.read(folder, ConfigFiles.MINIMAL);
    Map<String, String> documented = documentedDefaults();

    assertThat(documented).hasSizeGreaterThan(25);
    documented.forEach(
        (key, value) ->
            assertThat(
                    HourgateConfig.read(
                        folder.resolve("hourgate.yaml"), Map.of(), Map.of(key, value)))
                .as(key)
                .isEqualTo(plain));
    // One that does not hold would be noticed.
    assertThat(
            HourgateConfig.read(
                folder.resolve("hourgate.yaml"), Map.of(), Map.of("chain.poll", "2s")))
        .isNotEqualTo(plain);
  }

  /** The second column, where it is a value and not a word about it. */
  private static Map<String, String> documentedDefaults() throws IOException {
    Map<String, String> defaults = new LinkedHashMap<>();
    Pattern row = Pattern.compile("\\| `([a-z.\\[\\]0-9-]+)` \\| `([^`]+)` \\|.*");
    for (String line : Files.readAllLines(Path.of("docs/configuration.md"))) {
      Matcher matcher = row.matcher(line);
      if (matcher.matches() && matcher.group(1).contains(".")) {
        defaults.put(matcher.group(1), matcher.group(2));
      }
    }
    return defaults;
  }

  /** Asked for a key that is like none, the reader lists those it knows. */
  private List<String> knownKeys() {
    String unknown = "  " + NONSENSE + ": 1\n";
    String yaml =
        String.join(
            "",
            Stream.of("gateway", "chain", "credential", "expiry", "limits", "shop", "admin", "log")
                .map(section -> section + ":\n" + unknown)
                .toList());
    Path file =
        ConfigFiles.write(
            folder,
            yaml.replace(
                        "shop:\n",
                        "shop:\n  tls:\n  "
                            + unknown
                            + "  fiat:\n  "
                            + unknown
                            + "    per-token:\n      - "
                            + unknown.stripLeading())
                    .replace(
                        "chain:\n",
                        "chain:\n  confirmations:\n  "
                            + unknown
                            + "    from:\n      - "
                            + unknown.stripLeading())
                + "openvpn:\n  - "
                + unknown.strip()
                + "\n");
    ConfigException refusal =
        catchThrowableOfType(
            ConfigException.class, () -> HourgateConfig.read(file, Map.of(), Map.of()));
    return refusal.problems().stream()
        .filter(problem -> problem.where().endsWith(NONSENSE))
        .flatMap(ConfigurationReferenceTest::listed)
        .toList();
  }

  private static Stream<String> listed(Problem problem) {
    String section = problem.where().substring(0, problem.where().length() - NONSENSE.length());
    String keys = problem.message().substring("unknown key; known are ".length());
    return Arrays.stream(keys.split(", ", -1)).map(key -> section + key);
  }
}

package org.hourgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.hourgate.infrastructure.config.Key;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/configuration.md} is what the declarations of the keys make it. */
final class ConfigurationReferenceTest {

  private static final Path PAGE = Path.of("docs/configuration.md");
  private static final List<Key> KEYS = HourgateConfig.keys();
  private static final ConfigurationReference REFERENCE = new ConfigurationReference(KEYS);

  @TempDir private Path folder;

  @BeforeAll
  static void writeIfAsked() throws IOException {
    if (Boolean.getBoolean("reference.write")) {
      Files.writeString(PAGE, REFERENCE.renewed(Files.readString(PAGE)));
    }
  }

  @Test
  void isWhatTheKeysAreDeclaredAs() throws IOException {
    String page = Files.readString(PAGE);

    assertThat(page)
        .as("mvn test -Dtest=ConfigurationReferenceTest -Dreference.write=true writes it")
        .isEqualTo(REFERENCE.renewed(page));
  }

  @Test
  void hasAPlaceForEveryKey() throws IOException {
    String page = Files.readString(PAGE);

    assertThat(Pattern.compile("<!-- made: (\\S+) -->").matcher(page).results())
        .extracting(mark -> mark.group(1))
        .containsExactlyInAnyOrderElementsOf(REFERENCE.parts());
    assertThat(KEYS)
        .hasSizeGreaterThan(60)
        .allSatisfy(key -> assertThat(page).containsOnlyOnce("\n| `" + key.path() + "` |"));
  }

  @Test
  void noticesAKeyThatChanged() throws IOException {
    String page = Files.readString(PAGE);
    List<Key> others =
        KEYS.stream()
            .map(
                key ->
                    key.path().equals("chain.poll")
                        ? new Key(key.path(), "a moment", key.usual(), key.meaning(), key.live())
                        : key)
            .toList();

    assertThat(new ConfigurationReference(others).renewed(page)).isNotEqualTo(page);
  }

  @Test
  void hasEachKeyOnceAndEveryKeyThatAReloadCompares() {
    List<String> paths = KEYS.stream().map(Key::path).toList();

    assertThat(paths)
        .doesNotHaveDuplicates()
        .containsAll(
            ConfigKeys.values(ConfigFiles.read(folder, ConfigFiles.FULL)).keySet().stream()
                .map(key -> key.replace("[1]", "[0]"))
                .toList());
  }

  /** A default that is written down, written into the file, changes nothing. */
  @Test
  void tellsTheDefaultsThatHold() {
    HourgateConfig plain = ConfigFiles.read(folder, ConfigFiles.MINIMAL);
    Path file = folder.resolve("hourgate.yaml");

    for (Key key : KEYS) {
      if (key.usual() instanceof Key.Usual.Written(String text)) {
        assertThat(HourgateConfig.read(file, Map.of(), Map.of(key.path(), text)))
            .as(key.path())
            .isEqualTo(plain);
      }
    }
    // One that does not hold would be noticed.
    assertThat(HourgateConfig.read(file, Map.of(), Map.of("chain.poll", "2s"))).isNotEqualTo(plain);
  }

  @Test
  void saysEverythingOfEachKey() {
    assertThat(KEYS)
        .allSatisfy(
            key -> {
              assertThat(key.wanted() + key.meaning()).doesNotContain("|", "\n");
              assertThat(key.meaning()).isNotBlank().doesNotEndWith(".");
            });
  }
}

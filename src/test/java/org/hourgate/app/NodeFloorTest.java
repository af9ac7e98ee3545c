package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.infrastructure.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The oldest node that builds and tests: {@code scripts/setup.sh} turns older ones away. */
final class NodeFloorTest {

  @ParameterizedTest
  @ValueSource(strings = {"contracts", "src/main/web"})
  void isTheOneThatThePackagesSay(String folder) throws IOException {
    assertThat(read(folder, "package.json").at("/engines/node").asString())
        .isEqualTo(">=" + floor());
  }

  /** npm leaves out what is optional and asks for a newer node, without a word. */
  @ParameterizedTest
  @ValueSource(strings = {"contracts", "src/main/web"})
  void isEnoughForEveryOptionalPackage(String folder) throws IOException {
    Pattern oldest = Pattern.compile(">= ?(\\d+).*");
    for (JsonNode dependency : read(folder, "package-lock.json").get("packages")) {
      Matcher needed = oldest.matcher(dependency.at("/engines/node").asString(""));
      if (dependency.path("optional").asBoolean(false) && needed.matches()) {
        assertThat(Integer.parseInt(needed.group(1)))
            .as(dependency.toString())
            .isLessThanOrEqualTo(floor());
      }
    }
  }

  private static JsonNode read(String folder, String name) throws IOException {
    return Json.readTree(Files.readString(Path.of(folder, name)));
  }

  private static int floor() throws IOException {
    Matcher floor =
        Pattern.compile("(?m)^NODE_FLOOR=(\\d+)")
            .matcher(Files.readString(Path.of("scripts/setup.sh")));
    assertThat(floor.find()).isTrue();
    return Integer.parseInt(floor.group(1));
  }
}

package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hourgate.app.config.HourgateConfig;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whoever copies a configuration from {@code docs/deploy.md} or the README has one that works. */
final class DeployPageTest {

  private static final Pattern BLOCK =
      Pattern.compile("^ *```yaml\n(.*?)^ *```$", Pattern.DOTALL | Pattern.MULTILINE);

  /** Of files that are named, and that this machine does not have. */
  private static final Set<String> ELSEWHERE = Set.of("tls_unusable", "profile_unusable");

  @TempDir private Path folder;

  static Stream<String> configurations() throws IOException {
    List<String> found =
        Stream.concat(blocks("docs/deploy.md"), blocks("README.md"))
            .filter(block -> block.contains("gateway:"))
            .toList();
    assertThat(found).hasSizeGreaterThanOrEqualTo(3);
    return found.stream();
  }

  private static Stream<String> blocks(String page) throws IOException {
    return BLOCK
        .matcher(Files.readString(Path.of(page)))
        .results()
        .map(block -> block.group(1).stripIndent().replace("0x…", "0x" + "5f".repeat(20)));
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void isReadAndHasNothingToChange(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("hourgate.yaml"), yaml);
    HourgateConfig read = HourgateConfig.read(file, Map.of(), Map.of());
    assertThat(read.chain().rpc()).isNotEmpty();

    StringWriter out = new StringWriter();
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.execute(
        "check",
        "--json",
        "--config",
        file.toString(),
        "--set",
        "gateway.state-dir=" + folder.resolve("state"));
    for (JsonNode finding : JsonMapper.shared().readTree(out.toString()).get("findings")) {
      if (finding.get("level").asString().equals("error")) {
        assertThat(ELSEWHERE).as(finding.toString()).contains(finding.get("code").asString());
      }
    }
  }
}

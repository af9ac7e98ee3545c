package org.hourgate.app.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a Grafana is given to read. */
final class GrafanaTest {

  @Test
  void isPointedAtItsPrometheusAndAtEveryBoard(@TempDir Path folder) throws Exception {
    Grafana.provision(folder, URI.create("http://127.0.0.1:19090"));

    JsonNode source = read(folder.resolve("provisioning/datasources/prometheus.yml"));
    assertThat(source.path("apiVersion").asInt()).isEqualTo(1);
    assertThat(source.at("/datasources/0/type").asString()).isEqualTo("prometheus");
    assertThat(source.at("/datasources/0/url").asString()).isEqualTo("http://127.0.0.1:19090");
    JsonNode provider = read(folder.resolve("provisioning/dashboards/hourgate.yml"));
    assertThat(provider.at("/providers/0/type").asString()).isEqualTo("file");
    Path boards = Path.of(provider.at("/providers/0/options/path").asString());
    try (Stream<Path> provisioned = Files.list(boards);
        Stream<Path> shipped = Files.list(Path.of("grafana/dashboards"))) {
      assertThat(provisioned.map(Path::getFileName))
          .containsExactlyInAnyOrderElementsOf(shipped.map(Path::getFileName).toList());
    }
  }

  private static JsonNode read(Path file) throws Exception {
    Load yaml = new Load(LoadSettings.builder().build());
    return new JsonMapper().valueToTree(yaml.loadFromString(Files.readString(file)));
  }
}

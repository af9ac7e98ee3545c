package org.hourgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The boards in {@code grafana/dashboards}. */
final class BoardsTest {

  @BeforeAll
  static void writeIfAsked() throws IOException {
    if (Boolean.getBoolean("boards.write")) {
      for (Board board : Boards.all()) {
        Files.writeString(BoardFiles.BOARDS.resolve(board.fileName()), board.json());
      }
    }
  }

  static Stream<Path> files() throws IOException {
    return BoardFiles.named(BoardFiles.BOARDS, ".json").stream();
  }

  @Test
  void areAllThereAndNoOther() {
    assertThat(Boards.all().stream().map(Board::fileName))
        .containsExactlyInAnyOrderElementsOf(
            filesOrFail().map(file -> file.getFileName().toString()).toList());
  }

  private static Stream<Path> filesOrFail() {
    try {
      return files();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void areWhatTheyAreMadeOf() throws IOException {
    for (Board board : Boards.all()) {
      assertThat(BoardFiles.BOARDS.resolve(board.fileName()))
          .as("mvn test -Dtest=BoardsTest -Dboards.write=true writes it")
          .hasContent(board.json());
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void keepTheRules(Path file) throws IOException {
    assertThat(BoardLint.problemsOf(new JsonMapper().readTree(Files.readString(file)))).isEmpty();
  }

  @Test
  void haveDifferentNames() throws IOException {
    List<JsonNode> boards = BoardFiles.boards();

    assertThat(boards).extracting(board -> board.path("uid").asString()).doesNotHaveDuplicates();
    assertThat(boards).extracting(board -> board.path("title").asString()).doesNotHaveDuplicates();
  }

  @Test
  void askWhatPrometheusUnderstands() throws Exception {
    StringBuilder rules = new StringBuilder("groups:\n  - name: boards\n    rules:\n");
    List<BoardFiles.Query> queries = BoardFiles.queries();
    for (int i = 0; i < queries.size(); i++) {
      rules
          .append("      - record: query_")
          .append(i)
          .append("\n        expr: >-\n          ")
          .append(queries.get(i).expression().replace("$__rate_interval", "1m"))
          .append('\n');
    }
    Path file = Files.createTempFile("boards", ".yml");
    try {
      Files.writeString(file, rules);
      Promtool.Result result = Promtool.run("check", "rules", file.toString());

      assertThat(result.output()).contains("SUCCESS: " + queries.size() + " rules found");
      assertThat(result.exitCode()).as(result.output()).isZero();
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void askForMetricsThatAreListed() throws IOException {
    List<String> asked =
        BoardFiles.queries().stream()
            .flatMap(query -> BoardFiles.metrics(query.expression()).stream())
            .distinct()
            .toList();

    assertThat(asked).hasSizeGreaterThan(50);
    MetricsPage page = MetricsPage.read();
    assertThat(asked).allMatch(page::lists);
  }
}

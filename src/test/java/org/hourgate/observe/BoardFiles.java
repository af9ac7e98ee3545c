package org.hourgate.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files as they are in the repository: what operators get. */
final class BoardFiles {

  static final Path ALERTS = Path.of("grafana/alerts");
  static final Path BOARDS = Path.of("grafana/dashboards");

  private static final Pattern METRIC =
      Pattern.compile(
          "\\b((?:hourgate|openvpn|jvm|process|system|logback)_[a-z0-9_]+)\\b(?=\\{|\\[)");

  private static final Pattern LABEL = Pattern.compile("\\{\\{(\\w+)}}");

  private BoardFiles() {}

  /** A panel's query, with where it stands. */
  record Query(String board, String panel, String expression, String legend) {

    List<String> labelsInLegend() {
      return LABEL.matcher(legend).results().map(found -> found.group(1)).toList();
    }

    @Override
    public String toString() {
      return board + ", " + panel + ": " + expression;
    }
  }

  static List<Path> named(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  static List<JsonNode> boards() throws IOException {
    List<JsonNode> boards = new ArrayList<>();
    for (Path file : named(BOARDS, ".json")) {
      boards.add(new JsonMapper().readTree(Files.readString(file)));
    }
    return boards;
  }

  static List<Query> queries() throws IOException {
    return boards().stream().flatMap(BoardFiles::queries).toList();
  }

  private static Stream<Query> queries(JsonNode board) {
    return board
        .path("panels")
        .valueStream()
        .flatMap(
            panel ->
                panel
                    .path("targets")
                    .valueStream()
                    .map(
                        target ->
                            new Query(
                                board.path("title").asString(),
                                panel.path("title").asString(),
                                target.path("expr").asString(),
                                target.path("legendFormat").asString())));
  }

  /** The metrics that an expression with labels or intervals asks for. */
  static List<String> metrics(String expression) {
    return METRIC.matcher(expression).results().map(found -> found.group(1)).distinct().toList();
  }
}

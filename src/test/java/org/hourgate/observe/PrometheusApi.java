package org.hourgate.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Questions to a running Prometheus. An answer that is no success is an {@link AssertionError}. */
final class PrometheusApi {

  private final URI address;
  private final HttpClient http;
  private final JsonMapper json = new JsonMapper();

  PrometheusApi(URI address, HttpClient http) {
    this.address = address;
    this.http = http;
  }

  /** One series: its labels, and its values by time. */
  record Series(Map<String, String> labels, List<Point> points) {

    boolean isAllNaN() {
      return points.stream().allMatch(point -> Double.isNaN(point.value));
    }
  }

  /** A value at a time in unix seconds. */
  record Point(double time, double value) {}

  /** The newest value of each series. */
  List<Series> query(String expression) throws IOException, InterruptedException {
    return series(get("query", Map.of("query", expression)).path("result"));
  }

  /** The sum of the newest values, 0 of none. */
  double sum(String expression) throws IOException, InterruptedException {
    return query(expression).stream()
        .flatMap(series -> series.points.stream())
        .mapToDouble(Point::value)
        .sum();
  }

  /** What a panel is answered: a value each second. */
  List<Series> range(String expression, Instant from, Instant to)
      throws IOException, InterruptedException {
    return series(
        get(
                "query_range",
                Map.of(
                    "query",
                    expression,
                    "start",
                    String.valueOf(from.getEpochSecond()),
                    "end",
                    String.valueOf(to.getEpochSecond()),
                    "step",
                    "1"))
            .path("result"));
  }

  JsonNode get(String what, Map<String, String> parameters)
      throws IOException, InterruptedException {
    String query =
        parameters.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(address.resolve("/api/v1/" + what + "?" + query)).build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode answer = json.readTree(response.body());
    if (!answer.path("status").asString("").equals("success")) {
      throw new AssertionError(what + " " + parameters + ": " + response.body());
    }
    return answer.path("data");
  }

  private static List<Series> series(JsonNode result) {
    List<Series> all = new ArrayList<>();
    for (JsonNode one : result) {
      Map<String, String> labels = new TreeMap<>();
      one.path("metric")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
      List<Point> points = new ArrayList<>();
      one.path("values").forEach(value -> points.add(point(value)));
      if (one.has("value")) {
        points.add(point(one.path("value")));
      }
      all.add(new Series(labels, points));
    }
    return all;
  }

  private static Point point(JsonNode pair) {
    String value = pair.get(1).asString();
    return new Point(
        pair.get(0).asDouble(),
        switch (value) {
          case "+Inf" -> Double.POSITIVE_INFINITY;
          case "-Inf" -> Double.NEGATIVE_INFINITY;
          default -> Double.parseDouble(value);
        });
  }
}

package org.hourgate.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.app.lab.LabGateway;

/** What {@code /metrics} of a running gate says. */
record Scrape(String page) {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  static Scrape of(LabGateway gateway) throws IOException, InterruptedException {
    HourgateConfig config = HourgateConfig.read(gateway.configuration(), Map.of(), Map.of());
    URI metrics =
        URI.create("http://127.0.0.1:%d/metrics".formatted(config.admin().listen().getPort()));
    HttpResponse<String> response =
        HTTP.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new AssertionError("/metrics answers " + response.statusCode());
    }
    return new Scrape(response.body());
  }

  /** The value of a series, its labels written in their order. */
  double value(String series) {
    return page.lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no series " + series));
  }

  Map<String, String> types() {
    Map<String, String> types = new TreeMap<>();
    Matcher found = TYPE.matcher(page);
    while (found.find()) {
      types.put(found.group(1), found.group(2));
    }
    return types;
  }

  long series() {
    return page.lines().filter(line -> !line.startsWith("#")).count();
  }

  /** The values that each label of a metric has, but for the edges of buckets. */
  Map<String, Set<String>> labels(String metric) {
    Map<String, Set<String>> labels = new TreeMap<>();
    page.lines()
        .filter(line -> line.matches(metric + "(_bucket|_sum|_count)?[{ ].*"))
        .forEach(
            line -> {
              Matcher label = LABEL.matcher(line);
              while (label.find()) {
                if (!label.group(1).equals("le")) {
                  labels.computeIfAbsent(label.group(1), _ -> new TreeSet<>()).add(label.group(2));
                }
              }
            });
    return labels;
  }
}

package org.hourgate.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hourgate.app.lab.LabException;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Prometheus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Boards and rules with a real Prometheus that scraped a real gate while real clients came and
 * went. Leaves each board as {@code target/boards/NAME.svg}. {@code -Dboards.rounds=20} makes a
 * longer evening, for a picture with more in it.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("BoardsIT")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BoardsIT {

  private static final Path PICTURES = Path.of("target/boards");
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final String LIMITS =
      "limits: { connects-per-source: off, nonces-per-source: off, requests-per-source: 12/10s,"
          + " exempt: [] }\n";
  private static final double MOST_SERIES = 1_500;

  private static final HttpClient http = HttpClient.newHttpClient();
  private static LabGateway gateway;
  private static Prometheus prometheus;
  private static PrometheusApi api;
  private static Evening evening;
  private static Instant began;
  private static Instant ended;

  @BeforeAll
  static void spendAnEvening() throws Exception {
    gateway = LabGateway.create();
    Files.writeString(gateway.configuration(), LIMITS, StandardOpenOption.APPEND);
    LabProcess gate = gateway.startGate();
    prometheus =
        Prometheus.start(
            Files.createDirectory(gateway.network().directory().resolve("prometheus")),
            gateway.admin(),
            INTERVAL);
    api = new PrometheusApi(prometheus.address(), http);
    began = Instant.now();
    await().atMost(LabGateway.LONG).until(() -> api.sum("up{job=\"hourgate\"}") == 1);
    try {
      evening = new Evening(gateway, http);
      evening.begin();
      for (int i = 0; i < Integer.getInteger("boards.rounds", 1); i++) {
        evening.round();
      }
    } catch (LabException e) {
      gate.output().lines().forEach(line -> System.err.println(line.text()));
      throw e;
    }
    await()
        .atMost(LabGateway.LONG)
        .until(() -> api.sum("hourgate_auth_decision_duration_seconds_count{kind=\"reauth\"}") > 0);
    Instant over = Instant.now();
    // All that happened is in three scrapes more: one for the value, one to compare, one to spare.
    await()
        .atMost(LabGateway.LONG)
        .until(() -> api.sum("timestamp(up{job=\"hourgate\"})") > over.getEpochSecond() + 3);
    ended = Instant.now();
  }

  @AfterAll
  static void goHome() throws Exception {
    if (evening != null) {
      evening.close();
    }
    if (prometheus != null) {
      prometheus.close();
    }
    if (gateway != null) {
      gateway.close();
    }
    http.close();
  }

  @Test
  void prometheusTakesEveryScrape() throws Exception {
    await()
        .atMost(LabGateway.LONG)
        .untilAsserted(
            () -> {
              JsonNode targets = api.get("targets", Map.of()).path("activeTargets");
              assertThat(targets.size()).isEqualTo(1);
              assertThat(targets.get(0).path("lastError").asString()).isEmpty();
            });
    assertThat(api.sum("count({job=\"hourgate\"})")).isBetween(100.0, MOST_SERIES);
  }

  @Test
  void promtoolFindsNothingToSayAboutTheMetrics() throws Exception {
    HttpResponse<String> metrics =
        http.send(
            HttpRequest.newBuilder(gateway.admin().resolve("/metrics")).build(),
            HttpResponse.BodyHandlers.ofString());

    Promtool.Result result = Promtool.runOn(metrics.body(), "check", "metrics");

    assertThat(result.output()).isEmpty();
    assertThat(result.exitCode()).isZero();
  }

  static Stream<BoardFiles.Query> queries() throws Exception {
    return BoardFiles.queries().stream();
  }

  @ParameterizedTest
  @MethodSource("queries")
  void everyQueryIsAnsweredWithNumbers(BoardFiles.Query query) throws Exception {
    List<PrometheusApi.Series> answer = answerTo(query.expression());

    assertThat(answer).isNotEmpty();
    assertThat(answer).allMatch(series -> !series.points().isEmpty());
    assertThat(answer).anyMatch(series -> !series.isAllNaN());
  }

  @ParameterizedTest
  @MethodSource("queries")
  void legendsNameLabelsThatThereAre(BoardFiles.Query query) throws Exception {
    for (PrometheusApi.Series series : answerTo(query.expression())) {
      assertThat(query.labelsInLegend()).isSubsetOf(series.labels().keySet());
    }
  }

  @Test
  void everyRuleIsEvaluatedWithoutAnError() throws Exception {
    int rules = 0;
    for (JsonNode group : api.get("rules", Map.of()).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        rules++;
        assertThat(rule.path("health").asString()).as("%s", rule).isEqualTo("ok");
      }
    }
    assertThat(rules).isGreaterThan(25);
  }

  @Test
  void everyRecordedSeriesHasNumbers() throws Exception {
    for (JsonNode group : api.get("rules", Map.of()).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.path("type").asString().equals("recording")) {
          List<PrometheusApi.Series> recorded =
              api.range(rule.path("name").asString(), began, ended);
          assertThat(recorded).as("%s", rule).anyMatch(series -> !series.isAllNaN());
        }
      }
    }
  }

  @Test
  void nothingAlertsOnAnOrdinaryEvening() throws Exception {
    assertThat(alerts("firing")).isEmpty();
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void whateverBreaksIsSeenByTheRightAlert() throws Exception {
    gateway.anvil().freeze();
    awaitPending("HourgateChainUnavailable");
    gateway.anvil().thaw();
    gateway.server().stop();
    awaitPending("HourgateManagementDown");
    gateway.killGate();
    awaitPending("HourgateDown");
  }

  private static void awaitPending(String alert) {
    await().atMost(LabGateway.LONG).until(() -> alerts("pending").contains(alert));
  }

  private static List<String> alerts(String state) throws Exception {
    return api.get("alerts", Map.of())
        .path("alerts")
        .valueStream()
        .filter(alert -> alert.path("state").asString().equals(state))
        .map(alert -> alert.path("labels").path("alertname").asString())
        .toList();
  }

  @Test
  void boardsCanBeDrawn() throws Exception {
    Files.createDirectories(PICTURES);
    for (JsonNode board : BoardFiles.boards()) {
      String picture = BoardPicture.of(board, BoardsIT::answerTo);

      assertThat(picture).contains("<path", "<text");
      Files.writeString(PICTURES.resolve(board.path("uid").asString() + ".svg"), picture);
    }
  }

  private static List<PrometheusApi.Series> answerTo(String expression) throws Exception {
    String chosen =
        expression
            .replace("$job", "hourgate")
            .replace("$instance", ".+")
            .replace("$__rate_interval", "10s");
    return api.range(chosen, began, ended);
  }
}

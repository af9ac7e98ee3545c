package org.hourgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.hourgate.gate.GateListener;
import org.hourgate.gate.GateListener.EndedSession;
import org.hourgate.gate.GateListener.Question;
import org.hourgate.gate.ReasonCode;
import org.hourgate.infrastructure.http.HttpObserver;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.management.ClientId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MetricsPageTest {

  private static final String TEXT = "text/plain;version=0.0.4";
  private static final String OPEN_METRICS =
      "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";

  private final Metrics metrics = new Metrics("1.2.3", "abc");
  private final GateListener gate = metrics.gate(List.of("udp", "tcp"));

  @AfterEach
  void close() {
    metrics.close();
  }

  private Response get(Map<String, List<String>> headers) {
    Request request =
        new Request("GET", "/metrics", "", headers, InetAddress.getLoopbackAddress(), new byte[0]);
    return metrics.page(request).toCompletableFuture().join();
  }

  private String page(String accept) {
    return new String(get(Map.of("accept", List.of(accept))).body(), StandardCharsets.UTF_8);
  }

  private double value(String series) {
    return page(TEXT)
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no series " + series));
  }

  @Test
  void knowsEveryRefusalBeforeTheFirst() {
    for (ReasonCode reason : ReasonCode.values()) {
      for (String kind : List.of("connect", "reauth")) {
        assertThat(
                value(
                    "hourgate_auth_denied_total{kind=\"%s\",reason=\"%s\"}"
                        .formatted(kind, reason.code())))
            .isZero();
      }
      assertThat(value("hourgate_kills_total{reason=\"%s\"}".formatted(reason.code()))).isZero();
    }
  }

  @Test
  void countsWhatTheGateDoes() {
    gate.allowed(Question.CONNECT, "a-1", Duration.ofMillis(3));
    gate.denied(Question.CONNECT, "a-2", ReasonCode.NO_TIME, Duration.ofMillis(900));
    gate.denied(Question.REAUTH, "a-3", ReasonCode.CHAIN_UNAVAILABLE, Duration.ofSeconds(9));
    gate.webSignIn(GateListener.WebSignIn.TIMEOUT);
    gate.cut(ReasonCode.EXPIRED);
    gate.expired(Duration.ofMillis(4));
    gate.cutAgain(true);
    gate.traffic("tcp", 10, 20);
    gate.traffic("tcp", 1, 2);
    gate.ended(ended("expired"));
    gate.ended(ended("gone"));
    gate.ended(ended("bad_password"));

    String verdicts = "hourgate_auth_decision_duration_seconds";
    assertThat(value(verdicts + "_count{kind=\"connect\",result=\"allowed\"}")).isEqualTo(1);
    assertThat(value(verdicts + "_bucket{kind=\"connect\",result=\"denied\",le=\"0.9\"}"))
        .isEqualTo(1);
    assertThat(value(verdicts + "_bucket{kind=\"connect\",result=\"denied\",le=\"0.5\"}")).isZero();
    assertThat(value(verdicts + "_count{kind=\"reauth\",result=\"error\"}")).isEqualTo(1);
    assertThat(value("hourgate_auth_denied_total{kind=\"connect\",reason=\"no_time\"}"))
        .isEqualTo(1);
    assertThat(value("hourgate_web_auth_total{outcome=\"timeout\"}")).isEqualTo(1);
    assertThat(value("hourgate_web_auth_total{outcome=\"approved\"}")).isZero();
    assertThat(value("hourgate_kills_total{reason=\"expired\"}")).isEqualTo(1);
    assertThat(value("hourgate_expiry_lag_seconds_bucket{le=\"0.005\"}")).isEqualTo(1);
    assertThat(value("hourgate_kill_retries_total{how=\"kill_cn\"}")).isEqualTo(1);
    assertThat(value("hourgate_traffic_bytes_total{direction=\"in\",openvpn=\"tcp\"}"))
        .isEqualTo(11);
    assertThat(value("hourgate_traffic_bytes_total{direction=\"out\",openvpn=\"udp\"}")).isZero();
    for (String end : List.of("expired", "client", "other")) {
      assertThat(
              value(
                  "hourgate_session_duration_seconds_bucket{end=\"%s\",le=\"60.0\"}"
                      .formatted(end)))
          .isEqualTo(1);
    }
    assertThat(value("hourgate_build_info{commit=\"abc\",version=\"1.2.3\"}")).isEqualTo(1);
  }

  private static EndedSession ended(String reason) {
    Instant start = Instant.parse("2026-11-21T18:00:00Z");
    return new EndedSession("udp", new ClientId(1), "0x", start, start.plusSeconds(60), reason);
  }

  @Test
  void leadsFromABucketToTheDecisionInTheLogAndFromNowhereElse() {
    gate.allowed(Question.CONNECT, "7f3a-12", Duration.ofMillis(3));
    gate.expired(Duration.ofMillis(3));

    List<String> exemplars =
        page(OPEN_METRICS).lines().filter(line -> line.contains(" # {")).toList();

    // Prometheus refuses a page with an exemplar on anything but a bucket or a counter.
    assertThat(exemplars)
        .singleElement()
        .asString()
        .startsWith("hourgate_auth_decision_duration_seconds_bucket")
        .contains("trace_id=\"7f3a-12\"");
    assertThat(page(OPEN_METRICS)).endsWith("# EOF\n");
  }

  @Test
  void countsTheAnswersOfThePageByTheirRoutes() {
    HttpObserver http = metrics.http();
    http.answered("GET", "/", 200, Duration.ofMillis(1));
    http.answered("GET", "/main.3f2a.js", 304, Duration.ofMillis(1));
    http.answered("GET", "", 404, Duration.ofMillis(1));
    http.answered("POST", "/api/nonce", 200, Duration.ofMillis(1));
    http.answered("POST", "/api/nonce", 429, Duration.ofMillis(1));
    http.answered("GET", "/p/", 200, Duration.ofMillis(1));
    http.answered("POST", "/api/profile", 200, Duration.ofMillis(1));
    http.answered("GET", "/rest/GetUserlogin", 200, Duration.ofMillis(1));
    metrics.httpInsideTheTunnel().answered("GET", "/", 200, Duration.ofMillis(1));

    String times = "hourgate_http_request_duration_seconds_count";
    assertThat(value(times + "{code=\"2xx\",route=\"/\"}")).isEqualTo(1);
    assertThat(value(times + "{code=\"3xx\",route=\"other\"}")).isEqualTo(1);
    assertThat(value(times + "{code=\"4xx\",route=\"other\"}")).isEqualTo(1);
    assertThat(value("hourgate_rate_limited_total{route=\"/api/nonce\"}")).isEqualTo(1);
    assertThat(value("hourgate_nonces_issued_total")).isEqualTo(1);
    assertThat(value("hourgate_profiles_issued_total{kind=\"link\"}")).isEqualTo(1);
    assertThat(value("hourgate_profiles_issued_total{kind=\"download\"}")).isEqualTo(2);
    assertThat(value(times + "{code=\"2xx\",route=\"tunnel\"}")).isEqualTo(1);
  }

  @Test
  void keepsItsGaugesThroughAGarbageCollection() {
    metrics.queue("signatures", new Depths()::now);
    metrics.addressPool("udp", () -> 7);
    metrics.certificateEnd(() -> 12);

    for (int i = 0; i < 5; i++) {
      System.gc();
    }

    assertThat(value("hourgate_queue_depth{queue=\"signatures\"}")).isEqualTo(3);
    assertThat(value("hourgate_address_pool_free{openvpn=\"udp\"}")).isEqualTo(7);
    assertThat(page(TEXT).lines().filter(line -> !line.startsWith("#")))
        .noneMatch(line -> line.endsWith(" NaN"));
  }

  private static final class Depths {
    double now() {
      return 3;
    }
  }

  @Test
  void hasAHelpForEachOfItsMetrics() {
    metrics.http();
    Pattern name = Pattern.compile("# TYPE (\\S+) \\S+");
    String page = page(TEXT);
    List<String> names =
        name.matcher(page).results().map(found -> found.group(1)).collect(Collectors.toList());

    assertThat(names).hasSizeGreaterThan(40);
    assertThat(names).allMatch(n -> page.contains("# HELP " + n + " "));
    assertThat(names)
        .noneMatch(n -> n.startsWith("process_cpu_time") || n.equals("system_cpu_count"));
  }

  @Test
  void isSmallerForWhoeverTakesGzip() throws Exception {
    Response plain = get(Map.of());
    Response small = get(Map.of("accept-encoding", List.of("gzip")));

    assertThat(small.headers()).containsEntry("content-encoding", "gzip");
    assertThat(plain.headers()).doesNotContainKey("content-encoding");
    assertThat(small.body().length).isLessThan(plain.body().length / 3);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(small.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .contains("hourgate_build_info");
    }
    assertThat(Optional.ofNullable(plain.headers().get("content-type")))
        .contains("text/plain; version=0.0.4; charset=utf-8");
  }
}

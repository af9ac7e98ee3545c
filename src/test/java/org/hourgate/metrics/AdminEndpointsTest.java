package org.hourgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.HttpServer;
import org.hourgate.infrastructure.http.HttpServerSettings;
import org.hourgate.infrastructure.netty.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdminEndpointsTest {

  private final EventLoops loops = new EventLoops("admin-test", 1);
  private volatile HealthCheck.Result chain = new HealthCheck.Result.Healthy();
  private final Metrics metrics = new Metrics("1.2.3", "abc");
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    List<HealthCheck> checks =
        List.of(
            HealthCheck.of("chain", () -> chain),
            HealthCheck.of("openvpn-udp", HealthCheck.Result.Healthy::new));
    server =
        HttpServer.start(
            loops,
            HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Optional.empty(),
            AdminEndpoints.routes(checks, metrics));
  }

  @AfterEach
  void close() {
    server.close();
    loops.close();
  }

  @Test
  void isReadyWhenEveryCheckIsWell() throws Exception {
    HttpResponse<String> answer = get("/readyz");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(
            "{\"ready\":true,\"checks\":[{\"name\":\"chain\",\"ok\":true},{\"name\":\"openvpn-udp\",\"ok\":true}]}");
  }

  @Test
  void isNotReadyWhenOneCheckFailsAndSaysWhichAndWhy() throws Exception {
    chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "no answer from 127.0.0.1");

    HttpResponse<String> answer = get("/readyz");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo(
            "{\"ready\":false,\"checks\":[{\"name\":\"chain\",\"ok\":false,\"code\":\"chain_unavailable\","
                + "\"reason\":\"no answer from 127.0.0.1\"},{\"name\":\"openvpn-udp\",\"ok\":true}]}");
  }

  @Test
  void isAliveWhateverTheChecksSay() throws Exception {
    chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "no answer");

    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
  }

  private HttpResponse<String> get(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}

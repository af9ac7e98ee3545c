package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.HttpServer;
import org.hourgate.infrastructure.http.HttpServerSettings;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.infrastructure.net.Rate;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.testing.ManualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class ShopTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final WalletKey KEY = WalletKey.parse("11".repeat(32));
  private static final GatewayIdentity IDENTITY =
      new GatewayIdentity(
          URI.create("https://vpn.example.org:8443"),
          31337,
          WalletAddress.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3"));

  @TempDir private Path folder;
  private final EventLoops loops = new EventLoops("shop-test", 1);
  private final ManualTime time = new ManualTime(NOW);
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile HealthCheck.Result chain = new HealthCheck.Result.Healthy();
  private CredentialAuthority authority;
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    authority =
        new CredentialAuthority(
            IDENTITY,
            GatewayKeys.load(folder.resolve("gateway.key")),
            SignatureRecovery.best(),
            new SecureRandom());
    HealthCheck ready = HealthCheck.of("openvpn-udp", HealthCheck.Result.Healthy::new);
    server =
        HttpServer.start(
            loops,
            HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Optional.empty(),
            Shop.routes(
                new ShopSettings("Shed", Duration.ofMinutes(5), Duration.ofDays(30)),
                IDENTITY,
                authority,
                new SourceLimiter(
                    Optional.of(new Rate(20, Duration.ofSeconds(10))), List.of(), time),
                List.of(HealthCheck.of("chain", () -> chain), ready),
                time));
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    loops.close();
  }

  @Test
  void tellsWhoWeAre() throws Exception {
    assertThat(get("/api/gateway"))
        .isEqualTo(
            "{\"name\":\"Shed\",\"chainId\":31337,"
                + "\"contract\":\"0x5FbDB2315678afecb367f032d93F642f64180aa3\","
                + "\"publicUrl\":\"https://vpn.example.org:8443\",\"ready\":true,\"reasons\":[]}");
  }

  @Test
  void tellsWhyNobodyCanGetInByCodeAlone() throws Exception {
    chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "http://10.0.0.7 is down");

    assertThat(get("/api/gateway"))
        .contains("\"ready\":false,\"reasons\":[\"chain_unavailable\"]")
        .doesNotContain("10.0.0.7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"login", "device"})
  void givesATextWhoseSignatureMakesAPasswordOfOurs(String kind) throws Exception {
    WalletAddress wallet = KEY.address();

    HttpResponse<String> answer = ask(wallet.checksummed(), kind);

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode nonce = Json.readTree(answer.body());
    Duration lifetime = kind.equals("login") ? Duration.ofMinutes(5) : Duration.ofDays(30);
    assertThat(nonce.get("expires").asLong()).isEqualTo(NOW.plus(lifetime).getEpochSecond());
    String prefix = nonce.get("passwordPrefix").asString();
    assertThat(prefix).hasSize(32);
    byte[] signature = KEY.signPersonal(nonce.get("message").asString());
    String password = prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    Credential credential = PasswordDecoder.decode(password).orElseThrow();
    assertThat(credential.kind())
        .isEqualTo(kind.equals("login") ? CredentialKind.LOGIN : CredentialKind.DEVICE);
    assertThat(authority.isAuthentic(wallet, credential)).isTrue();
    assertThat(authority.isSignedBy(wallet, (Credential.Signed) credential)).isTrue();
  }

  @Test
  void refusesAWalletWithATypingError() throws Exception {
    HttpResponse<String> answer = ask("0x5FbDB2315678afecb367f032d93F642f64180AA3", "login");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(answer.body()).contains("\"code\":\"bad_username\"").contains("typing error");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "\"text\"",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\"}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":\"token\"}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":1}",
        "{\"wallet\":5,\"kind\":\"login\"}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":\"login\",\"kind\":\"device\"}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":\"login\"} {}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":\"login\"",
        "{'wallet':'0x5fbdb2315678afecb367f032d93f642f64180aa3','kind':'login'}",
      })
  void refusesWhatIsNotTheRightObject(String body) throws Exception {
    HttpResponse<String> answer = post(body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"code\":\"bad_request\"");
  }

  @Test
  void refusesMoreRequestsThanTheRateUntilTimeHasPassed() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(ask(KEY.address().checksummed(), "login").statusCode()).isEqualTo(200);
    }

    HttpResponse<String> refused = ask(KEY.address().checksummed(), "login");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).contains("10");
    assertThat(refused.body()).contains("\"code\":\"rate_limited\"");

    time.advance(Duration.ofSeconds(10));
    assertThat(ask(KEY.address().checksummed(), "login").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> ask(String wallet, String kind) throws Exception {
    return post("{\"wallet\":\"" + wallet + "\",\"kind\":\"" + kind + "\"}");
  }

  private HttpResponse<String> post(String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri("/api/nonce"))
            .POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build(),
        BodyHandlers.ofString());
  }

  private String get(String path) throws Exception {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString()).body();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }
}

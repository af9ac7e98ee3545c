package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.infrastructure.tls.SelfSignedCertificate;
import org.hourgate.testing.Programs;
import org.hourgate.testing.RawClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;

/** A real nginx in front, configured as {@code docs/https.md} has it. */
@Execution(CONCURRENT)
final class ReverseProxyIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String HOST = "host: vpn.example.org:8443\r\n";

  @TempDir private Path folder;
  private ShopWorld shop;
  private LabProcess nginx;
  private InetSocketAddress front;

  @BeforeEach
  void start() throws IOException {
    CidrBlock proxy = CidrBlock.parse("127.0.0.1");
    shop = new ShopWorld(folder, 1, listener -> listener.withTrustedProxies(List.of(proxy)));
    front = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), LabGateway.freePort());
    Path configuration = Files.writeString(folder.resolve("nginx.conf"), configuration());
    nginx =
        LabProcess.start(
            "nginx",
            List.of(
                Programs.find("nginx").toString(),
                "-p",
                folder.toString(),
                "-e",
                "stderr",
                "-c",
                configuration.toString()));
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> ask("127.0.0.9", "GET /api/gateway HTTP/1.1\r\n" + HOST + "\r\n").length() > 0);
  }

  @AfterEach
  void close() {
    nginx.close();
    shop.close();
  }

  /** The documented server, with our own ports and certificate. */
  private String configuration() throws IOException {
    Matcher documented =
        Pattern.compile("```nginx\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs/https.md")));
    assertThat(documented.find()).isTrue();
    SelfSignedCertificate certificate =
        SelfSignedCertificate.forHost("vpn.example.org", folder, ShopWorld.NOW);
    String server =
        documented
            .group(1)
            .replace("listen 443 ssl", "listen 127.0.0.1:" + front.getPort() + " ssl")
            .replace("http://127.0.0.1:8443", "http://127.0.0.1:" + shop.uri("/").getPort())
            .replaceAll("/etc/letsencrypt/\\S+/fullchain.pem", certificate.certificate().toString())
            .replaceAll("/etc/letsencrypt/\\S+/privkey.pem", certificate.key().toString());
    return """
    daemon off;
    master_process off;
    pid nginx.pid;
    events {}
    http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy;
    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    %s
    }
    """
        .formatted(server);
  }

  @Test
  void visitorsAreToldApartAndCanNotPretend() throws Exception {
    int served = 0;
    String last = "";
    for (int i = 0; i < 30 && !last.startsWith("HTTP/1.1 429"); i++) {
      last = nonce("127.0.0.2", "x-forwarded-for: 203.0.113." + i + "\r\n");
      served += last.startsWith("HTTP/1.1 200") ? 1 : 0;
    }

    assertThat(last).startsWith("HTTP/1.1 429");
    assertThat(served).isEqualTo(20);
    assertThat(nonce("127.0.0.3", "")).startsWith("HTTP/1.1 200").contains("vpn.example.org:8443");
  }

  @Test
  void theCookieGoesThroughAsItIs() throws Exception {
    String origin = "origin: " + ShopWorld.ORIGIN + "\r\n";
    String answer = post("127.0.0.1", "/api/session", shop.login(ALICE), origin);
    assertThat(answer).startsWith("HTTP/1.1 204");
    Matcher cookie =
        Pattern.compile("(?i)set-cookie: (__Host-hourgate=[^;]+);(.*)").matcher(answer);
    assertThat(cookie.find()).isTrue();
    assertThat(cookie.group(2)).contains("Path=/; HttpOnly; SameSite=Strict; Secure");

    assertThat(
            ask(
                "127.0.0.1",
                "GET /api/me HTTP/1.1\r\n" + HOST + "cookie: " + cookie.group(1) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 200")
        .contains(ALICE.address().checksummed());
  }

  @Test
  void eventsComeWhenTheyHappen() throws Exception {
    try (RawClient page = RawClient.connect(front).overTls()) {
      page.send("GET /api/events HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(page.head()).containsIgnoringCase("content-type: text/event-stream");
      await().atMost(PATIENCE).until(() -> page.line().contains("\"ready\":true"));

      shop.chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "");

      await().atMost(PATIENCE).until(() -> page.line().contains("\"ready\":false"));
    }
  }

  private String nonce(String from, String header) throws IOException {
    String body = "{\"wallet\":\"%s\",\"kind\":\"login\"}".formatted(ALICE.address().checksummed());
    return post(from, "/api/nonce", body, header);
  }

  private String post(String from, String path, String body, String header) throws IOException {
    return ask(
        from,
        "POST %s HTTP/1.1\r\n%s%scontent-length: %d\r\n\r\n%s"
            .formatted(path, HOST, header, body.length(), body));
  }

  private String ask(String from, String request) throws IOException {
    try (RawClient client = RawClient.connect(front, from).overTls()) {
      return client.send(request).answer();
    }
  }
}

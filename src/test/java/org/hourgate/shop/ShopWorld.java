package org.hourgate.shop;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.hourgate.chain.Confirmations;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.gate.InstanceStatus;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.HttpServer;
import org.hourgate.infrastructure.http.HttpServerSettings;
import org.hourgate.infrastructure.net.Rate;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.time.ThreadSerialExecutor;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.StubGateControl;
import org.hourgate.testing.StubLedger;
import org.hourgate.testing.StubStorefront;

/** The shop on a real port, with a chain and a gate that say what a test wants. */
final class ShopWorld implements AutoCloseable {

  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  static final WalletKey ALICE = WalletKey.parse("11".repeat(32));
  static final WalletKey BOB = WalletKey.parse("22".repeat(32));
  static final GatewayIdentity IDENTITY =
      new GatewayIdentity(
          URI.create("https://vpn.example.org:8443"),
          31337,
          WalletAddress.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3"));
  static final WalletAddress TOKEN =
      WalletAddress.parse("0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512");
  static final String ORIGIN = "https://vpn.example.org:8443";
  static final String PROFILE =
      "# {{NAME}}\nclient\n<auth-user-pass>\n{{USERNAME}}\n{{PASSWORD}}\n</auth-user-pass>\n";

  final StubLedger ledger = new StubLedger();
  final StubStorefront storefront = new StubStorefront();
  final StubGateControl gate = new StubGateControl();
  final ManualTime time = new ManualTime(NOW);
  final CredentialAuthority authority;
  volatile HealthCheck.Result chain = new HealthCheck.Result.Healthy();
  volatile List<InstanceStatus> instances = List.of(new InstanceStatus("udp", true, List.of()));

  private final EventLoops loops = new EventLoops("shop-test", 1);
  private final ThreadSerialExecutor shopThread =
      new ThreadSerialExecutor("shop-test", Throwable::printStackTrace);
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpServer server;
  private final HttpServer tunnel;

  ShopWorld(Path folder) throws IOException {
    this(folder, 1);
  }

  ShopWorld(Path folder, int confirmations) throws IOException {
    this(folder, confirmations, listener -> listener);
  }

  ShopWorld(Path folder, int confirmations, UnaryOperator<HttpServerSettings> listener)
      throws IOException {
    GatewayKeys keys = GatewayKeys.load(folder.resolve("gateway.key"));
    authority =
        new CredentialAuthority(IDENTITY, keys, SignatureRecovery.best(), new SecureRandom());
    Shop shop =
        new Shop(
            settings(confirmations),
            new ShopParts(
                IDENTITY,
                authority,
                ledger,
                storefront,
                gate,
                () -> instances,
                instance -> Optional.of(253),
                List.of(HealthCheck.of("chain", () -> chain)),
                limiter(20),
                limiter(100),
                Runnable::run,
                shopThread,
                time),
            new SecureRandom());
    shop.start();
    server =
        HttpServer.start(
            loops,
            listener.apply(
                HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .withMaxConnections(1_000, 1_000)),
            Optional.empty(),
            shop.routes());
    tunnel =
        HttpServer.start(
            loops,
            HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Optional.empty(),
            shop.tunnelRoutes());
  }

  static ShopSettings settings(int confirmations) {
    return new ShopSettings(
        "Shed",
        Duration.ofMinutes(5),
        Duration.ofDays(30),
        2,
        "newest-wins",
        new Confirmations(
            confirmations,
            List.of(new Confirmations.Level(Optional.empty(), BigInteger.TWO.pow(90), 7))),
        new SellerFacts(
            Optional.of("Vienna"),
            Optional.empty(),
            List.of("Hot & <b>fast</b>"),
            Optional.of(
                new FiatRates(
                    Currency.getInstance("EUR"),
                    LocalDate.of(2026, 11, 21),
                    Optional.of(new BigDecimal("2450.5")),
                    Map.of(TOKEN, new BigDecimal("0.92"))))),
        new ShopSettings.ChainFacts(
            "Lab",
            "ETH",
            List.of(URI.create("http://127.0.0.1:8545")),
            Optional.of(URI.create("https://explorer.example.org/"))),
        0,
        Map.of("udp", new ProfileTemplate(PROFILE)));
  }

  private SourceLimiter limiter(int count) {
    return new SourceLimiter(Optional.of(new Rate(count, Duration.ofSeconds(10))), List.of(), time);
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(request(path, headers).GET());
  }

  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    return send(request(path, headers).POST(BodyPublishers.ofString(body)));
  }

  HttpResponse<String> delete(String path, String... headers) throws Exception {
    return send(request(path, headers).DELETE());
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request;
  }

  HttpClient client() {
    return client;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  /** Asks the listener inside the tunnel from another of loopback's addresses. */
  HttpResponse<String> fromTunnel(String address, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + tunnel.address().getPort() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient customer =
        HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(address)).build()) {
      return customer.send(request.build(), BodyHandlers.ofString());
    }
  }

  /** A fresh password of this wallet. */
  String password(WalletKey wallet, CredentialKind kind) {
    return password(wallet, wallet, kind);
  }

  /** A password for one wallet, signed by another. */
  String password(WalletKey wallet, WalletKey signer, CredentialKind kind) {
    IssuedNonce nonce =
        authority.issue(wallet.address(), kind, time.wallTime(), Duration.ofMinutes(30));
    return nonce.passwordPrefix()
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(signer.signPersonal(nonce.message()));
  }

  String login(WalletKey wallet) {
    return login(wallet, password(wallet, CredentialKind.DEVICE));
  }

  static String login(WalletKey wallet, String password) {
    return "{\"username\":\"%s\",\"password\":\"%s\"}"
        .formatted(wallet.address().checksummed(), password);
  }

  /** Signs in, and returns the value of the header that later requests carry. */
  String cookie(WalletKey wallet) throws Exception {
    HttpResponse<String> answer = post("/api/session", login(wallet));
    if (answer.statusCode() != 204) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    String cookie = answer.headers().firstValue("set-cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  @Override
  public void close() {
    client.shutdownNow();
    shopThread.close();
    server.close();
    tunnel.close();
    loops.close();
  }
}

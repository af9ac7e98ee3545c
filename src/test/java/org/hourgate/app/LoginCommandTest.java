package org.hourgate.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.chain.Confirmations;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.http.HttpServer;
import org.hourgate.infrastructure.http.HttpServerSettings;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.http.Router;
import org.hourgate.infrastructure.net.Rate;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.infrastructure.tls.SelfSignedCertificate;
import org.hourgate.infrastructure.tls.ServerTls;
import org.hourgate.shop.SellerFacts;
import org.hourgate.shop.Shop;
import org.hourgate.shop.ShopParts;
import org.hourgate.shop.ShopSettings;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.StubGateControl;
import org.hourgate.testing.StubLedger;
import org.hourgate.testing.StubStorefront;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code hourgate login} against the real listener, and against ones that lie. */
final class LoginCommandTest {

  private static final WalletKey KEY = WalletKey.parse("22".repeat(32));
  private static final WalletAddress CONTRACT =
      WalletAddress.parse("0x5fbdb2315678afecb367f032d93f642f64180aa3");

  /** The wallet {@code 22…22}, encrypted with the password "testpassword" and little work. */
  private static final String KEYSTORE = "keystore.json";

  @TempDir private Path folder;
  private final EventLoops loops = new EventLoops("login-test", 1);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path keyFile;
  private Path file;

  @BeforeEach
  void prepare() throws IOException {
    keyFile = Files.writeString(folder.resolve("key"), "0x" + "22".repeat(32) + "\n");
    file = folder.resolve("up.txt");
  }

  @AfterEach
  void close() {
    loops.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"login", "device"})
  void writesWhatTheGatewayTakes(String kind) throws Exception {
    Gateway gateway = gateway(Optional.empty(), 20);

    assertThat(login(gateway.url(), "--kind", kind)).as(err.toString()).isZero();

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).isEqualTo(KEY.address().checksummed());
    Credential.Signed credential =
        (Credential.Signed) PasswordDecoder.decode(lines.get(1)).orElseThrow();
    assertThat(credential.kind())
        .isEqualTo(kind.equals("login") ? CredentialKind.LOGIN : CredentialKind.DEVICE);
    assertThat(gateway.authority().isAuthentic(KEY.address(), credential)).isTrue();
    assertThat(gateway.authority().isSignedBy(KEY.address(), credential)).isTrue();
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(out.toString()).contains("good until").doesNotContain(lines.get(1));
  }

  @Test
  void replacesAnOlderFile() throws Exception {
    Files.writeString(file, "old");

    assertThat(login(gateway(Optional.empty(), 20).url())).isZero();
    assertThat(file).content().startsWith("0x");
    try (var files = Files.list(folder)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("key", "up.txt", "gateway.key");
    }
  }

  @Test
  void trustsNoStrangersCertificateUnlessToldTo() throws Exception {
    SelfSignedCertificate own =
        SelfSignedCertificate.forHost("127.0.0.1", folder, TimeSource.system().wallTime());
    Gateway gateway = gateway(Optional.of(ServerTls.load(own.certificate(), own.key())), 20);

    assertThat(login(gateway.url())).isEqualTo(4);
    assertThat(err.toString()).contains("its certificate is not trusted").contains("--insecure");
    assertThat(file).doesNotExist();

    assertThat(login(gateway.url(), "--insecure")).as(err.toString()).isZero();
  }

  @Test
  void endsWithFourWhenNobodyAnswers() throws Exception {
    int unused = LabGateway.freePort();

    assertThat(login(URI.create("http://127.0.0.1:" + unused))).isEqualTo(4);
    assertThat(err.toString()).contains("can't ask http://127.0.0.1:" + unused);
  }

  @Test
  void endsWithFiveAndTheGatewaysWordsWhenRefused() throws Exception {
    Gateway gateway = gateway(Optional.empty(), 1);
    login(gateway.url());

    assertThat(login(gateway.url())).isEqualTo(5);
    assertThat(err.toString()).contains("Too many requests").contains("[rate_limited]");
  }

  @Test
  void endsWithFourWhenItIsNoGateway() throws Exception {
    assertThat(login(liar(new Response(200, Map.of(), "<html>".getBytes(UTF_8))))).isEqualTo(4);
    assertThat(login(liar(Response.json(200, Map.of("message", "x"))))).isEqualTo(4);
    assertThat(login(liar(Response.empty(204)))).isEqualTo(4);
    assertThat(err.toString()).contains("is no gateway (HTTP 204)");
  }

  @Test
  void signsNothingButASignInTextOfTheServerItAsked() throws Exception {
    URI liar =
        liar(
            Response.json(
                200,
                Map.of(
                    "message",
                    "I give all I own to the bearer.",
                    "passwordPrefix",
                    "A".repeat(32),
                    "expires",
                    1)));

    assertThat(login(liar)).isEqualTo(5);
    assertThat(err.toString()).contains("no sign-in text");
    assertThat(file).doesNotExist();
  }

  @Test
  void refusesAPrefixThatIsNone() throws Exception {
    Gateway gateway = gateway(Optional.empty(), 20);
    String message =
        gateway
            .authority()
            .issue(
                KEY.address(),
                CredentialKind.LOGIN,
                TimeSource.system().wallTime(),
                Duration.ofMinutes(5))
            .message();
    URI liar =
        liar(
            port ->
                Response.json(
                    200,
                    Map.of(
                        "message",
                        message.replace(":" + gateway.url().getPort(), ":" + port),
                        "passwordPrefix",
                        "first line\nsecond line")));

    assertThat(login(liar)).isEqualTo(5);
    assertThat(err.toString()).contains("a password prefix that is none");
    assertThat(file).doesNotExist();
  }

  @Test
  void readsAnEncryptedWallet() throws Exception {
    Path keystore = Path.of("src/test/resources/org/hourgate/app", KEYSTORE);
    Path password = Files.writeString(folder.resolve("password"), "testpassword\n");
    Gateway gateway = gateway(Optional.empty(), 20);

    assertThat(
            run(
                "login",
                "--url",
                gateway.url().toString(),
                "--keystore",
                keystore.toString(),
                "--password-file",
                password.toString(),
                "--out",
                file.toString()))
        .as(err.toString())
        .isZero();
    assertThat(file).content().startsWith(KEY.address().checksummed() + "\n");

    Files.writeString(password, "wrong\n");
    assertThat(
            run(
                "login",
                "--url",
                gateway.url().toString(),
                "--keystore",
                keystore.toString(),
                "--password-file",
                password.toString(),
                "--out",
                file.toString()))
        .isEqualTo(5);
    assertThat(err.toString()).contains("can't be decrypted");
  }

  @Test
  void endsWithTwoForAUrlThatIsNoGatewaysOrNoWallet() {
    assertThat(login(URI.create("https://example.org/page"))).isEqualTo(2);
    assertThat(login(URI.create("ftp://example.org"))).isEqualTo(2);
    assertThat(run("login", "--url", "https://example.org", "--out", file.toString())).isEqualTo(2);
  }

  private record Gateway(URI url, CredentialAuthority authority) {}

  /** A gateway at the port it names in its texts: the port is known only once it listens. */
  private Gateway gateway(Optional<ServerTls> tls, int nonces) throws IOException {
    int port = LabGateway.freePort();
    URI url = URI.create((tls.isPresent() ? "https" : "http") + "://127.0.0.1:" + port);
    GatewayIdentity identity = new GatewayIdentity(url, 31337, CONTRACT);
    CredentialAuthority authority =
        new CredentialAuthority(
            identity,
            GatewayKeys.load(folder.resolve("gateway.key")),
            SignatureRecovery.best(),
            new SecureRandom());
    HttpServer.start(
        loops,
        HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
        tls,
        shop(identity, authority, nonces).routes());
    return new Gateway(url, authority);
  }

  private static Shop shop(GatewayIdentity identity, CredentialAuthority authority, int nonces) {
    TimeSource time = TimeSource.system();
    return new Shop(
        new ShopSettings(
            "Shed",
            Duration.ofMinutes(5),
            Duration.ofDays(30),
            1,
            "newest-wins",
            Confirmations.of(1),
            SellerFacts.NONE,
            new ShopSettings.ChainFacts("Lab", "ETH", List.of(), Optional.empty()),
            0,
            Map.of()),
        new ShopParts(
            identity,
            authority,
            new StubLedger(),
            new StubStorefront(),
            new StubGateControl(),
            List::of,
            instance -> Optional.empty(),
            List.of(),
            new SourceLimiter(Optional.of(new Rate(nonces, Duration.ofHours(1))), List.of(), time),
            new SourceLimiter(Optional.empty(), List.of(), time),
            Runnable::run,
            new ManualTime(Instant.EPOCH),
            time),
        new SecureRandom());
  }

  private URI liar(Response response) throws IOException {
    return liar(port -> response);
  }

  private URI liar(IntFunction<Response> answer) throws IOException {
    int[] port = new int[1];
    HttpServer server =
        HttpServer.start(
            loops,
            HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Optional.empty(),
            new Router().on("POST", "/api/nonce", request -> answer.apply(port[0])));
    port[0] = server.address().getPort();
    return URI.create("http://127.0.0.1:" + port[0]);
  }

  private int login(URI url, String... more) {
    return run(
        Stream.concat(
                Stream.of(
                    "login",
                    "--url",
                    url.toString(),
                    "--wallet-key-file",
                    keyFile.toString(),
                    "--out",
                    file.toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }
}

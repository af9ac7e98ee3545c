package org.hourgate.infrastructure.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.tls.ServerTls;
import org.hourgate.testing.RawClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people try who mean ill: the real server on a real port, spoken to byte by byte. */
abstract class HttpAbuse {

  private static final HttpServerSettings SETTINGS =
      HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private static final String HELLO = "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n";

  private final List<String> served = new CopyOnWriteArrayList<>();
  private final List<EventSink> sinks = new CopyOnWriteArrayList<>();
  private final AtomicInteger ended = new AtomicInteger();
  private final Router router =
      new Router()
          .on("GET", "/hello", request -> note(request, "hello"))
          .on("POST", "/echo", request -> note(request, new String(request.body(), UTF_8)))
          .on("GET", "/secret", request -> note(request, "secret"))
          .onNames("GET", "/p/", request -> note(request, request.path()))
          .on(
              "GET",
              "/say",
              request ->
                  Response.json(200, Map.of("name", request.parameter("name").orElse("nobody"))))
          .onAsync(
              "GET",
              "/events",
              request ->
                  CompletableFuture.completedFuture(
                      new EventStream(
                          sink -> {
                            sinks.add(sink);
                            return ended::incrementAndGet;
                          })));

  private final List<AutoCloseable> open = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = start(SETTINGS);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  abstract Optional<ServerTls> tls();

  /** A connection to a server with that {@link #tls}. */
  abstract RawClient connect(InetSocketAddress to, String from) throws IOException;

  private Response note(Request request, String text) {
    served.add(request.method() + " " + request.path());
    return new Response(200, Map.of("content-type", "text/plain"), text.getBytes(UTF_8));
  }

  /**
   * Two readers of one message must not see two messages: what could be read in two ways is refused
   * and the connection ends.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // Both lengths at once, in either order.
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        // Two lengths, also two that are the same, and lengths that are none.
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\ncontent-length: 40\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhelloGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 0, 40\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: +0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 0x0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length:\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        // Encodings that are not exactly the one we know.
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: identity\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding:\u000bchunked\r\n\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        // Names with blanks, folded lines, bare ends of lines.
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length : 0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\n content-length: 0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\nhost: x\ncontent-length: 0\n\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\nx: a\ncontent-length: 0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\nx: a\rcontent-length: 0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\nx: \u0000\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        // Chunks whose ends could be seen elsewhere.
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1;\nx\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1;a=\"\r\n2\"\r\nx\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nxyz\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n100000000\r\nx\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        // No host, two hosts.
        "GET /hello HTTP/1.1\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /hello HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        // Request lines that are none.
        "GET /hello x HTTP/1.1\r\nhost: x\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /hello\r\nhost: x\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /hello HTTP/9.9\r\nhost: x\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "G\u0000T /hello HTTP/1.1\r\nhost: x\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\nGET /secret HTTP/1.1\r\nhost: x\r\n\r\n"
      })
  void servesNobodyASecondRequestHiddenInTheFirst(String bytes) throws Exception {
    HttpServer quick = start(SETTINGS.withDeadlines(Duration.ofSeconds(2), Duration.ofSeconds(2)));

    String answers = connect(quick, "127.0.0.1").send(bytes).everything();

    assertThat(served).doesNotContain("GET /secret");
    assertThat(answers).doesNotContain("secret");
    assertThat(answers)
        .satisfiesAnyOf(
            text -> assertThat(text).startsWith("HTTP/1.1 400"),
            text -> assertThat(text).isEmpty());
  }

  @Test
  void readsAFoldedLineAsOneHeader() throws Exception {
    RawClient client = connect();
    client.send(
        "POST /echo HTTP/1.1\r\nhost: x\r\nx: a\r\n content-length: 40\r\ncontent-length: 0\r\n\r\n"
            + HELLO);

    assertThat(client.answer()).startsWith("HTTP/1.1 200");
    assertThat(client.answer()).endsWith("hello");
    assertThat(served).containsExactly("POST /echo", "GET /hello");
  }

  @Test
  void readsChunksWithExtensionsAndTrailersAsOneMessage() throws Exception {
    RawClient client = connect();
    client.send(
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
            + "5;a=b\r\nhello\r\n0\r\nx-trailer: y\r\n\r\n"
            + HELLO);

    assertThat(client.answer()).startsWith("HTTP/1.1 200").endsWith("hello");
    assertThat(client.answer()).startsWith("HTTP/1.1 200").endsWith("hello");
    assertThat(served).containsExactly("POST /echo", "GET /hello");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../hello",
        "/x/../hello",
        "/./hello",
        "//hello",
        "/hello/",
        "/hello/..",
        "/%68ello",
        "/hello%00",
        "/hello%2f",
        "/%2e%2e/hello",
        "/..%2fhello",
        "/hello;x",
        "/HELLO",
        "/hello\\",
        "/p/../hello",
        "/p/a/b",
        "/p/%2e%2e%2fhello/x"
      })
  void findsNothingByAnotherSpellingOfAPath(String path) throws Exception {
    assertThat(exchange("GET " + path + " HTTP/1.1\r\nhost: x\r\n\r\n")).startsWith("HTTP/1.1 404");
    assertThat(served).isEmpty();
  }

  @Test
  void takesThePathAsItIsWritten() throws Exception {
    assertThat(exchange("GET /p/%2e%2e%2fhello HTTP/1.1\r\nhost: x\r\n\r\n"))
        .endsWith("\r\n\r\n/p/%2e%2e%2fhello");
  }

  @Test
  void believesNoHost() throws Exception {
    for (String host : new String[] {"evil.example", "", "x:99999", "<script>", "127.0.0.1"}) {
      assertThat(exchange("GET /hello HTTP/1.1\r\nhost: " + host + "\r\n\r\n"))
          .startsWith("HTTP/1.1 200")
          .doesNotContain("evil", "script");
    }
    assertThat(
            exchange("GET /none HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil\r\n\r\n"))
        .startsWith("HTTP/1.1 404")
        .doesNotContain("evil");
  }

  @Test
  void putsNothingIntoHeadersThatARequestSaid() throws Exception {
    String answer = exchange("GET /say?name=a%0d%0aset-cookie:%20x=y HTTP/1.1\r\nhost: x\r\n\r\n");

    assertThat(answer.substring(0, answer.indexOf("\r\n\r\n"))).doesNotContain("set-cookie");
    assertThat(answer).endsWith("{\"name\":\"a\\r\\nset-cookie: x=y\"}");
    assertThat(exchange("GET /say?name=%zz HTTP/1.1\r\nhost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void servesOthersWhileOneSourceHoldsAllItMay() throws Exception {
    HttpServer small = start(SETTINGS.withMaxConnections(100, 5));
    List<RawClient> held = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      held.add(connect(small, "127.0.0.1").send(HELLO));
      assertThat(held.getLast().answer()).endsWith("hello");
    }

    assertThat(connect(small, "127.0.0.1").everything()).isEmpty();
    assertThat(connect(small, "127.0.0.2").send(HELLO).answer()).endsWith("hello");

    held.getFirst().close();
    await()
        .atMost(Duration.ofSeconds(30))
        // Over TLS the handshake is what fails first.
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> connect(small, "127.0.0.1").send(HELLO).answer().endsWith("hello"));
  }

  @Test
  void countsNobodyBehindATrustedProxyOrOfAnExemptBlock() throws Exception {
    for (HttpServerSettings settings :
        List.of(
            SETTINGS.withTrustedProxies(List.of(CidrBlock.parse("127.0.0.1"))),
            SETTINGS.withExempt(List.of(CidrBlock.parse("127.0.0.0/8"))))) {
      HttpServer small = start(settings.withMaxConnections(100, 1));
      for (int i = 0; i < 3; i++) {
        assertThat(connect(small, "127.0.0.1").send(HELLO).answer()).endsWith("hello");
      }
    }
  }

  @Test
  void opensSoManyStreamsPerSourceAndInAllAndNoMore() throws Exception {
    HttpServer small = start(SETTINGS.withMaxStreams(3, 2));
    RawClient first = stream(small, "127.0.0.1");
    RawClient second = stream(small, "127.0.0.1");
    assertThat(first.head()).startsWith("HTTP/1.1 200");
    assertThat(second.head()).startsWith("HTTP/1.1 200");
    assertThat(stream(small, "127.0.0.1").answer())
        .startsWith("HTTP/1.1 429")
        .contains("retry-after: 10");
    assertThat(stream(small, "127.0.0.2").head()).startsWith("HTTP/1.1 200");
    assertThat(stream(small, "127.0.0.3").head()).startsWith("HTTP/1.1 429");
    assertThat(connect(small, "127.0.0.1").send(HELLO).answer()).endsWith("hello");

    first.close();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> stream(small, "127.0.0.1").head().startsWith("HTTP/1.1 200"));
    assertThat(ended).hasValueGreaterThanOrEqualTo(1);
  }

  @Test
  void sendsEventsAndAHeartbeatUntilTheStreamsLifeIsOver() throws Exception {
    HttpServer quick =
        start(SETTINGS.withStreamTimes(Duration.ofMillis(200), Duration.ofSeconds(2)));
    RawClient reader = stream(quick, "127.0.0.1");
    assertThat(reader.head())
        .contains("content-type: text/event-stream; charset=utf-8\r\n")
        .contains("cache-control: no-store\r\n")
        .contains("x-content-type-options: nosniff\r\n");
    await().atMost(Duration.ofSeconds(30)).until(() -> sinks.size() == 1);
    sinks.getFirst().send("news", Map.of("text", "a\nb"));

    String all = reader.everything();

    assertThat(all).contains("event: news\ndata: {\"text\":\"a\\nb\"}\n\n").contains(":\n\n");
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.get() == 1);
    sinks.getFirst().send("news", "too late");
  }

  @Test
  void dropsAReaderThatDoesNotKeepUp() throws Exception {
    RawClient reader = stream(server, "127.0.0.1");
    reader.head();
    await().atMost(Duration.ofSeconds(30)).until(() -> sinks.size() == 1);

    // Far more than all buffers on the way hold.
    String much = "x".repeat(10_000);
    for (int i = 0; i < 1_000; i++) {
      sinks.getFirst().send("news", much);
    }

    await().atMost(Duration.ofSeconds(30)).until(() -> ended.get() == 1);
  }

  @Test
  void noticesThatAReaderHasGone() throws Exception {
    RawClient reader = stream(server, "127.0.0.1");
    reader.head();
    reader.close();

    await().atMost(Duration.ofSeconds(30)).until(() -> ended.get() == 1);
  }

  @Test
  void opensNoStreamForHead() throws Exception {
    RawClient client = connect();
    client.send("HEAD /events HTTP/1.1\r\nhost: x\r\n\r\n" + HELLO);

    assertThat(client.head()).startsWith("HTTP/1.1 200").contains("text/event-stream");
    assertThat(client.answer()).endsWith("hello");
    assertThat(sinks).isEmpty();
  }

  @Test
  void servesWhileHundredsDripTheirRequests() throws Exception {
    List<RawClient> drips = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      drips.add(connect(server, "127.0.1." + (1 + i % 200)).send("GET /hello HTTP/1.1\r\nx-a: "));
    }
    for (int round = 0; round < 5; round++) {
      drips.forEach(drip -> drip.takes("a"));
      assertThat(exchange(HELLO)).endsWith("hello");
    }
  }

  private RawClient stream(HttpServer to, String from) throws IOException {
    return connect(to, from).send("GET /events HTTP/1.1\r\nhost: x\r\n\r\n");
  }

  private String exchange(String request) throws IOException {
    return connect().send(request).answer();
  }

  private RawClient connect() throws IOException {
    return connect(server, "127.0.0.1");
  }

  private RawClient connect(HttpServer to, String from) throws IOException {
    RawClient client = connect(to.address(), from);
    open.add(client);
    return client;
  }

  private HttpServer start(HttpServerSettings settings) throws IOException {
    EventLoops loops = new EventLoops("http-abuse", 1);
    open.add(loops);
    HttpServer started = HttpServer.start(loops, settings, tls(), router);
    open.add(started);
    return started;
  }
}

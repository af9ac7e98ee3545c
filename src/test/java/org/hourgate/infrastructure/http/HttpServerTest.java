package org.hourgate.infrastructure.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.infrastructure.netty.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real server on a real port, spoken to byte by byte. */
final class HttpServerTest {

  private static final HttpServerSettings SETTINGS =
      HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private static final int LARGE = 8 * 1024 * 1024;

  private final AtomicInteger asked = new AtomicInteger();
  private final CompletableFuture<Response> never = new CompletableFuture<>();
  private final Router router =
      new Router()
          .on(
              "GET",
              "/hello",
              request -> {
                asked.incrementAndGet();
                return text("hello");
              })
          .on("POST", "/echo", request -> text(new String(request.body(), UTF_8)))
          .on("GET", "/source", request -> text(request.source().getHostAddress()))
          .on("GET", "/large", request -> new Response(200, Map.of(), new byte[LARGE]))
          .onAsync("GET", "/later", request -> CompletableFuture.supplyAsync(() -> text("later")))
          .onAsync(
              "GET",
              "/never",
              request -> {
                asked.incrementAndGet();
                return never;
              })
          .on(
              "GET",
              "/broken",
              request -> {
                throw new IllegalStateException("a secret detail");
              });

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

  @Test
  void answersAndKeepsTheConnection() throws Exception {
    Socket client = connect();
    send(client, "GET /hello?query=1 HTTP/1.1\r\nhost: x\r\n\r\n");
    assertThat(answer(client)).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\nhello");

    send(client, "GET /later HTTP/1.1\r\nhost: x\r\n\r\n");
    assertThat(answer(client)).endsWith("\r\n\r\nlater");
  }

  @Test
  void forbidsCachesFramesAndSniffingOnEveryAnswer() throws Exception {
    for (String path : List.of("/hello", "/none", "/broken")) {
      assertThat(exchange("GET " + path + " HTTP/1.1\r\nhost: x\r\n\r\n"))
          .contains("cache-control: no-store\r\n")
          .contains("x-content-type-options: nosniff\r\n")
          .contains("content-security-policy: default-src 'none'; frame-ancestors 'none'\r\n")
          .contains("referrer-policy: no-referrer\r\n")
          .doesNotContain("access-control-");
    }
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() throws Exception {
    Socket client = connect();
    send(client, "GET /later HTTP/1.1\r\nhost: x\r\n\r\nGET /hello HTTP/1.1\r\nhost: x\r\n\r\n");

    assertThat(answer(client)).endsWith("later");
    assertThat(answer(client)).endsWith("hello");
  }

  @Test
  void refusesAnUnknownPathWithAProblem() throws Exception {
    assertThat(exchange("GET /none HTTP/1.1\r\nhost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 404 Not Found")
        .contains("content-type: application/problem+json\r\n")
        .endsWith(
            "{\"status\":404,\"code\":\"not_found\",\"detail\":\"There is nothing at this address.\"}");
  }

  @Test
  void refusesAnotherMethodAndTellsTheRightOnes() throws Exception {
    assertThat(exchange("DELETE /hello HTTP/1.1\r\nhost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 405")
        .contains("allow: GET, HEAD, OPTIONS\r\n")
        .contains("\"code\":\"method_not_allowed\"");
  }

  @Test
  void answersHeadWithoutABodyAndOptionsWithTheMethods() throws Exception {
    assertThat(exchange("HEAD /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK")
        .contains("content-length: 5\r\n")
        .endsWith("\r\n\r\n");
    assertThat(exchange("OPTIONS /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 204 No Content")
        .contains("allow: OPTIONS, POST\r\n");
  }

  @Test
  void hidesWhatFailedInside() throws Exception {
    assertThat(exchange("GET /broken HTTP/1.1\r\nhost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 500")
        .contains("\"code\":\"internal\"")
        .doesNotContain("secret");
  }

  @Test
  void refusesWhatIsNoHttpAndHangsUp() throws Exception {
    for (String request :
        List.of(
            "\u0016\u0003\u0001\u0000\u00a5 nonsense\r\n\r\n",
            "GET http://elsewhere/hello HTTP/1.1\r\nhost: x\r\n\r\n",
            "GET hello HTTP/1.1\r\nhost: x\r\n\r\n",
            "GET /hello HTTP/1.1\r\nbad header\r\n\r\n")) {
      Socket client = connect();
      send(client, request);
      assertThat(everything(client)).startsWith("HTTP/1.1 400").contains("\"bad_request\"");
    }
  }

  @Test
  void refusesLongLinesHeadersAndBodies() throws Exception {
    String filler = "x".repeat(9_000);
    assertThat(hungUpOn("GET /" + filler + " HTTP/1.1\r\nhost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 414");
    assertThat(hungUpOn("GET /hello HTTP/1.1\r\nx: " + filler + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431");
    assertThat(hungUpOn("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 16385\r\n\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("\"too_large\"");
    assertThat(
            hungUpOn(
                "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
                    + ("2000\r\n" + "y".repeat(0x2000) + "\r\n").repeat(3)
                    + "0\r\n\r\n"))
        .startsWith("HTTP/1.1 413");
  }

  @Test
  void takesABodyOfExactlyTheLimit() throws Exception {
    String body = "z".repeat(16 * 1024);

    assertThat(exchange("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 16384\r\n\r\n" + body))
        .endsWith(body);
  }

  @Test
  void hangsUpAfterSixtyFourRequests() throws Exception {
    Socket client = connect();
    send(client, "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n".repeat(65));

    String answers = everything(client);

    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(65);
    assertThat(answers).endsWith("hello").containsOnlyOnce("connection: close");
  }

  @Test
  void itsLastAnswersReachAClientThatGoesOnSending() throws Exception {
    Socket client = new Socket();
    open.add(client);
    client.setReceiveBufferSize(4096); // Most answers are still on their way when it hangs up.
    client.setSoTimeout(30_000);
    client.connect(server.address());
    send(client, "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n".repeat(64));
    send(client, "x".repeat(100_000));
    await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() == 64);

    // A reset would throw here, and keep what was on its way.
    String answers = new String(client.getInputStream().readAllBytes(), ISO_8859_1);

    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(65);
    assertThat(answers).endsWith("hello");
  }

  @Test
  void tellsWhoSendsTooMuchThatItIsTooMuch() throws Exception {
    Socket client = connect();
    send(client, "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 700000\r\n\r\n");
    for (int i = 0; i < 70; i++) {
      send(client, "y".repeat(10_000));
    }

    assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1))
        .startsWith("HTTP/1.1 413");
  }

  @Test
  void refusesABodyThatIsTooLongAfterTheAnswersBeforeIt() throws Exception {
    Socket client = connect();
    String slow = "GET /never HTTP/1.1\r\nhost: x\r\n\r\n";
    send(client, slow + "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 700000\r\n\r\n");
    await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() == 1);
    never.complete(text("after all"));

    assertThat(everything(client)).startsWith("HTTP/1.1 200").contains("after allHTTP/1.1 413");
  }

  @Test
  void lingersForNobodyForLong() throws Exception {
    Socket slow = connect();
    send(slow, "GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assertThat(answer(slow)).endsWith("hello");
    await().atMost(Duration.ofSeconds(30)).until(() -> !isTaken(slow, "x"));
  }

  @Test
  void dropsNoMoreThanIsBearable() throws Exception {
    Socket client = connect();
    send(client, "GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                send(client, "y".repeat(10_000));
              }
            })
        .isInstanceOf(SocketException.class);
  }

  @Test
  void hangsUpOnWhoSendsARequestTooSlowly() throws Exception {
    Socket client = connect(start(quick()));
    send(client, "GET /hello HTTP/1.1\r\n");

    // A byte now and then, which an idle timer would take for life.
    await().atMost(Duration.ofSeconds(30)).until(() -> !isTaken(client, "x"));
  }

  @Test
  void hangsUpOnWhoSendsABodyTooSlowly() throws Exception {
    Socket client = connect(start(quick()));
    send(client, "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10000\r\n\r\n");

    await().atMost(Duration.ofSeconds(30)).until(() -> !isTaken(client, "x"));
  }

  @Test
  void hangsUpOnWhoDoesNotTakeTheAnswer() throws Exception {
    Socket client = new Socket();
    open.add(client);
    client.setReceiveBufferSize(4096);
    client.connect(start(quick()).address());
    send(client, "GET /large HTTP/1.1\r\nhost: x\r\n\r\n");

    await().atMost(Duration.ofSeconds(30)).until(() -> !isTaken(client, "x"));
    assertThat(everything(client).length()).isLessThan(LARGE);
  }

  @Test
  void hangsUpWhenWeCanNotAnswerInTime() throws Exception {
    Socket client = connect(start(quick()));
    send(client, "GET /never HTTP/1.1\r\nhost: x\r\n\r\n");

    assertThat(everything(client)).isEmpty();
  }

  @Test
  void hangsUpOnConnectionsAboveTheCapAndServesTheOthers() throws Exception {
    HttpServer small = start(SETTINGS.withMaxConnections(1, 1));
    Socket first = connect(small);
    send(first, "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n");
    answer(first);

    assertThat(everything(connect(small))).isEmpty();
    send(first, "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n");
    assertThat(answer(first)).endsWith("hello");

    first.close();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              Socket next = connect(small);
              send(next, "GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
              return everything(next).endsWith("hello");
            });
  }

  @Test
  void believesNobodyAboutTheSourceByDefault() throws Exception {
    assertThat(exchange("GET /source HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 203.0.113.9\r\n\r\n"))
        .endsWith("127.0.0.1");
  }

  @Test
  void believesATrustedProxyAboutTheSource() throws Exception {
    HttpServer proxied =
        start(SETTINGS.withTrustedProxies(List.of(CidrBlock.parse("127.0.0.0/8"))));
    Socket client = connect(proxied);
    send(
        client,
        "GET /source HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 198.51.100.1, 203.0.113.9\r\n\r\n");

    assertThat(answer(client)).endsWith("203.0.113.9");
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.9:4711, 203.0.113.9",
    "[2001:db8::7]:4711, 2001:db8:0:0:0:0:0:7",
    "[2001:db8::7], 2001:db8:0:0:0:0:0:7",
    "2001:db8::7, 2001:db8:0:0:0:0:0:7",
    "203.0.113.9:471111, 127.0.0.1",
    "203.0.113.9:x, 127.0.0.1",
    "[203.0.113.9, 127.0.0.1",
    "unknown, 127.0.0.1"
  })
  void understandsAProxyThatNamesThePortToo(String hop, String source) throws Exception {
    HttpServer proxied =
        start(SETTINGS.withTrustedProxies(List.of(CidrBlock.parse("127.0.0.0/8"))));
    Socket client = connect(proxied);
    send(client, "GET /source HTTP/1.1\r\nhost: x\r\nx-forwarded-for: " + hop + "\r\n\r\n");

    assertThat(answer(client)).endsWith(source);
  }

  @Test
  void listensAtAnAddressThatIsNotHereYetIfItMay() throws Exception {
    for (String absent : List.of("192.0.2.1", "2001:db8::1")) {
      HttpServerSettings there =
          HttpServerSettings.of(new InetSocketAddress(InetAddress.ofLiteral(absent), 0));

      assertThatThrownBy(() -> start(there)).isInstanceOf(IOException.class);
      HttpServer early = start(there.beforeItExists());

      assertThat(early.address().getAddress()).isEqualTo(InetAddress.ofLiteral(absent));
      assertThatThrownBy(() -> start(HttpServerSettings.of(early.address()).beforeItExists()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void saysThatAnAddressIsTaken() {
    assertThatThrownBy(() -> start(HttpServerSettings.of(server.address())))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("can't listen on 127.0.0.1:");
  }

  private static Response text(String text) {
    return new Response(200, Map.of("content-type", "text/plain"), text.getBytes(UTF_8));
  }

  private static HttpServerSettings quick() {
    return SETTINGS.withDeadlines(Duration.ofMillis(500), Duration.ofMillis(500));
  }

  private HttpServer start(HttpServerSettings settings) throws IOException {
    EventLoops loops = new EventLoops("http-test", 1);
    open.add(loops);
    HttpServer started = HttpServer.start(loops, settings, Optional.empty(), router);
    open.add(started);
    return started;
  }

  private Socket connect() throws IOException {
    return connect(server);
  }

  private Socket connect(HttpServer to) throws IOException {
    Socket socket = new Socket(to.address().getAddress(), to.address().getPort());
    open.add(socket);
    socket.setSoTimeout(30_000);
    return socket;
  }

  private String exchange(String request) throws IOException {
    Socket client = connect();
    send(client, request);
    return answer(client);
  }

  private String hungUpOn(String request) throws IOException {
    Socket client = connect();
    send(client, request);
    return everything(client);
  }

  private static void send(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  /** Whether the other side still takes bytes and has not hung up. */
  private static boolean isTaken(Socket client, String bytes) throws IOException {
    try {
      send(client, bytes);
      client.setSoTimeout(1);
      return client.getInputStream().available() > 0 || client.getInputStream().read() != -1;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (SocketException e) {
      return false;
    }
  }

  /** One answer: its head and as many bytes as it announces. */
  private static String answer(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    int length =
        head.toString()
            .lines()
            .filter(line -> line.startsWith("content-length: "))
            .mapToInt(line -> Integer.parseInt(line.substring("content-length: ".length())))
            .findFirst()
            .orElse(0);
    boolean close = head.toString().contains("connection: close");
    byte[] body = close ? in.readAllBytes() : in.readNBytes(length);
    return head + new String(body, ISO_8859_1);
  }

  /** Everything up to the end of the connection, however it ends. */
  private static String everything(Socket client) {
    StringBuilder text = new StringBuilder();
    try {
      client.setSoTimeout(30_000);
      byte[] buffer = new byte[64 * 1024];
      int count;
      while ((count = client.getInputStream().read(buffer)) >= 0) {
        text.append(new String(buffer, 0, count, ISO_8859_1));
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection stayed open", e);
    } catch (IOException e) {
      // reset: it ended as well
    }
    return text.toString();
  }
}

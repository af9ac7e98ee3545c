package org.hourgate.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.hourgate.credential.WalletAddress;

/** A chain's node in front of another, which keeps questions about some wallets for a while. */
final class SlowNode implements AutoCloseable {

  private final URI node;
  private final HttpServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<WalletAddress, Hold> holds = new ConcurrentHashMap<>();

  /** The questions about one wallet. */
  static final class Hold {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    void awaitQuestion() throws InterruptedException {
      if (!asked.await(Lab.LONG.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("nobody asked");
      }
    }

    /** From now on they are answered. */
    void release() {
      released.countDown();
    }
  }

  private SlowNode(URI node, HttpServer server) {
    this.node = node;
    this.server = server;
  }

  static SlowNode before(URI node) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    SlowNode slow = new SlowNode(node, server);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", slow::handle);
    server.start();
    return slow;
  }

  URI rpc() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  Hold hold(WalletAddress wallet) {
    Hold hold = new Hold();
    holds.put(wallet, hold);
    return hold;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String question =
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<WalletAddress, Hold> each : holds.entrySet()) {
        if (question.toLowerCase(Locale.ROOT).contains(each.getKey().hex().replace("0x", ""))) {
          each.getValue().asked.countDown();
          each.getValue().released.await();
        }
      }
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(node)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(question))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    holds.values().forEach(Hold::release);
    server.stop(0);
    http.shutdownNow();
  }
}

package org.hourgate.chain;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A node that passes questions on to a real one, counts them, and lies as told. */
final class StubNode implements AutoCloseable {

  /** How to answer one question. */
  interface Behaviour {
    void answer(Question question) throws IOException, InterruptedException;
  }

  private final URI upstream;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private final List<JsonNode> questions = new CopyOnWriteArrayList<>();
  private volatile Behaviour behaviour = Question::passOn;

  StubNode(URI upstream) {
    this.upstream = upstream;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void behave(Behaviour newBehaviour) {
    behaviour = newBehaviour;
  }

  void behave(String method, Behaviour newBehaviour) {
    behaviour =
        question -> {
          if (question.method().equals(method)) {
            newBehaviour.answer(question);
          } else {
            question.passOn();
          }
        };
  }

  void behaveWell() {
    behaviour = Question::passOn;
  }

  long asked(String method) {
    return questions.stream().filter(q -> q.get("method").asString().equals(method)).count();
  }

  /** The eth_calls so far that name this wallet. */
  long askedAbout(String walletHex) {
    return questions.stream().filter(q -> q.toString().contains(walletHex)).count();
  }

  private void handle(HttpExchange exchange) throws IOException {
    JsonNode request = json.readTree(exchange.getRequestBody().readAllBytes());
    questions.add(request);
    try (exchange) {
      behaviour.answer(new Question(exchange, request));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.shutdownNow();
  }

  /** One question on its way. */
  final class Question {
    private final HttpExchange exchange;
    private final JsonNode request;

    private Question(HttpExchange exchange, JsonNode request) {
      this.exchange = exchange;
      this.request = request;
    }

    String method() {
      return request.get("method").asString();
    }

    boolean mentions(String text) {
      return request.toString().contains(text);
    }

    /** How many blocks eth_getLogs asks for. */
    long blocks() {
      JsonNode filter = request.get("params").get(0);
      return Long.decode(filter.get("toBlock").asString())
          - Long.decode(filter.get("fromBlock").asString())
          + 1;
    }

    /** What the real node says. */
    String truth() throws IOException, InterruptedException {
      return client
          .send(
              HttpRequest.newBuilder(upstream)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }

    void passOn() throws IOException, InterruptedException {
      reply(200, truth());
    }

    void replace(UnaryOperator<String> change) throws IOException, InterruptedException {
      reply(200, change.apply(truth()));
    }

    /** Replies with this JSON text as the result. */
    void result(String value) throws IOException {
      reply(
          200, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}".formatted(request.get("id"), value));
    }

    void error(int code, String message) throws IOException {
      reply(
          200,
          "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":%d,\"message\":\"%s\"}}"
              .formatted(request.get("id"), code, message));
    }

    void reply(int status, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }

    /** Streams this many zeros, compressed or not, with or without their number in front. */
    void flood(long length, boolean announced, boolean compressed) throws IOException {
      if (compressed) {
        exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      }
      exchange.sendResponseHeaders(200, announced ? length : 0);
      OutputStream body = exchange.getResponseBody();
      try (OutputStream out = compressed ? new GZIPOutputStream(body) : body) {
        byte[] zeros = "0".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        for (long written = 0; written < length; written += zeros.length) {
          out.write(zeros);
        }
      }
    }
  }
}

package org.hourgate.chain;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.hourgate.chain.NodeException.Kind;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.Response;
import org.web3j.protocol.exceptions.ClientConnectionException;
import org.web3j.protocol.http.HttpService;
import tools.jackson.core.JacksonException;

/**
 * JSON-RPC with one node. Every question ends within the time-out, with a reply that carries the
 * question's id and a result, or with a {@link NodeException}; replies are read up to {@link
 * BodyCap#BYTES}. Questions are asked one by one: web3j pairs the replies of a batch by position,
 * but nodes may reorder them. Blocks the calling thread; safe for any thread.
 */
final class JsonRpc implements AutoCloseable {

  private static final Pattern REVERT_DATA = Pattern.compile("0x(?:[0-9a-fA-F]{2}){4,2048}");
  private static final int IDLE_CONNECTIONS = 16;
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(2),
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(200),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2)
  };

  private final String name;
  private final Duration timeout;
  private final MeterRegistry meters;
  private final OkHttpClient http;
  private final Web3j web3j;

  JsonRpc(URI uri, Duration timeout, MeterRegistry meters) {
    this.name = nameOf(uri);
    this.timeout = timeout;
    this.meters = meters;
    http =
        new OkHttpClient.Builder()
            .callTimeout(timeout)
            .connectTimeout(timeout)
            .readTimeout(timeout)
            .writeTimeout(timeout)
            .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 1, TimeUnit.MINUTES))
            .socketFactory(new NoDelaySocketFactory())
            .addInterceptor(new BodyCap())
            .followRedirects(false)
            .build();
    // The scheduler is for web3j's own polling, which we don't use: it never starts a thread.
    web3j =
        Web3j.build(
            new HttpService(uri.toString(), http), 1_000, Executors.newScheduledThreadPool(0));
  }

  /** The node's address without its path, which may hold an access key. */
  String name() {
    return name;
  }

  Web3j web3j() {
    return web3j;
  }

  /** Returns the result, empty if it is null. */
  <T, R extends Response<T>> Optional<T> ask(Request<?, R> request) {
    Timer.Sample sample = Timer.start(meters);
    String outcome = "error";
    try {
      R response = request.send();
      if (response == null || response.getId() != request.getId()) {
        throw nonsense("the reply has another id than the request");
      }
      if (response.hasError()) {
        throw refusal(response.getError());
      }
      outcome = "ok";
      return Optional.ofNullable(response.getResult());
    } catch (BodyCap.TooLongException e) {
      throw new NodeException(Kind.TOO_LONG, name + ": " + e.getMessage());
    } catch (InterruptedIOException e) {
      outcome = "timeout";
      throw new NodeException(Kind.SILENT, "no answer from " + name + " within " + text(timeout));
    } catch (IOException e) {
      throw new NodeException(Kind.SILENT, "cannot reach " + name + ": " + words(e));
    } catch (ClientConnectionException e) {
      throw new NodeException(Kind.SILENT, name + " answers HTTP " + e.getCode());
    } catch (JacksonException e) {
      throw nonsense("the reply is not proper JSON-RPC");
    } finally {
      sample.stop(timer(request.getMethod(), outcome));
    }
  }

  /** Registers the meters of a method, so that its first failure is seen as one. */
  void prepare(String method) {
    for (String outcome : List.of("ok", "error", "timeout")) {
      timer(method, outcome);
    }
  }

  private Timer timer(String method, String outcome) {
    return Timer.builder("hourgate.chain.rpc.duration")
        .description("How long a node took to answer")
        .tag("method", method)
        .tag("outcome", outcome)
        .serviceLevelObjectives(BUCKETS)
        .register(meters);
  }

  NodeException nonsense(String what) {
    return new NodeException(Kind.NONSENSE, name + ": " + what);
  }

  private NodeException refusal(Response.Error error) {
    Optional<String> data = Optional.empty();
    if (error.getData() != null) {
      Matcher matcher = REVERT_DATA.matcher(error.getData());
      if (matcher.find()) {
        data = Optional.of(matcher.group());
      }
    }
    return new NodeException(
        Kind.REFUSED,
        name + ": error " + error.getCode() + ": " + printable(String.valueOf(error.getMessage())),
        data);
  }

  /** Ends the questions under way. */
  @Override
  public void close() {
    http.dispatcher().cancelAll();
    http.connectionPool().evictAll();
    web3j.shutdown();
  }

  static String nameOf(URI uri) {
    return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }

  private static String words(IOException e) {
    Throwable cause = e.getCause() instanceof IOException deeper ? deeper : e;
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : printable(message);
  }

  private static String printable(String text) {
    String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
    return clean.length() <= 160 ? clean : clean.substring(0, 160) + "…";
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1_000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}

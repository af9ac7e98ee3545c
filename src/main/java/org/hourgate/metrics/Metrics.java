package org.hourgate.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.logging.LogbackMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;
import java.util.zip.GZIPOutputStream;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.HttpObserver;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.client.ManagementClient;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one process and the page that Prometheus reads them from. To be made once; each
 * method that shows it something is to be called once for each such thing, before the start. Safe
 * for any thread.
 */
public final class Metrics implements AutoCloseable {

  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final Duration[] LAGS = Meters.millis(1, 5, 10, 50, 100, 500, 1_000, 5_000);

  private final CurrentDecision decision = new CurrentDecision();
  private final PrometheusMeterRegistry registry;
  private final Meters meters;
  private final HttpMeters http;
  private final List<AutoCloseable> binders;

  /** Begins to count what the virtual machine does. */
  public Metrics(String version, String commit) {
    registry =
        new PrometheusMeterRegistry(
            new Settings(), new PrometheusRegistry(), Clock.SYSTEM, decision);
    registry.throwExceptionOnRegistrationFailure();
    // Names that promtool check metrics finds fault with.
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
    meters = new Meters(registry);
    http = new HttpMeters(meters);
    Info.builder()
        .name("hourgate_build_info")
        .help("The build that runs")
        .labelNames("version", "commit")
        .register(registry.getPrometheusRegistry())
        .addLabelValues(version, commit);
    JvmGcMetrics collections = new JvmGcMetrics();
    LogbackMetrics lines = new LogbackMetrics();
    binders = List.of(collections, lines);
    List<MeterBinder> all =
        List.of(
            collections,
            lines,
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics(),
            new FileDescriptorMetrics());
    all.forEach(binder -> binder.bindTo(registry));
  }

  /**
   * With Micrometer's own, exemplars stand on {@code _count} as well, and Prometheus then refuses
   * the whole page.
   */
  private static final class Settings implements PrometheusConfig {
    @Override
    public @Nullable String get(String key) {
      return null;
    }

    @Override
    public Properties prometheusProperties() {
      return new Properties();
    }
  }

  /** For those who make their own meters. */
  public MeterRegistry registry() {
    return registry;
  }

  /** The gate's meters; show it to them once it is made. */
  public GateMeters gate(List<String> instances) {
    return new GateMeters(meters, decision, instances);
  }

  /** Follows the connections to these OpenVPN processes, by their names. */
  public void management(Map<String, ManagementClient> clients, TimeSource time) {
    ManagementMeters.bind(meters, clients);
    clients.values().forEach(client -> LoopLag.measure(lag("management"), client.loop(), time));
  }

  /** The meters of the page's listener. */
  public HttpObserver http() {
    return http;
  }

  /** The same, for the listeners inside the tunnel. */
  public HttpObserver httpInsideTheTunnel() {
    return http.insideTheTunnel();
  }

  public void ready(HealthCheck check) {
    meters.gauge(
        "hourgate.ready",
        "Whether a check of /readyz is passed",
        () ->
            switch (check.check()) {
              case HealthCheck.Result.Healthy() -> 1;
              case HealthCheck.Result.Unhealthy _ -> 0;
            },
        "check",
        check.name());
  }

  /** Which implementation checks signatures, by its name. */
  public void signatureRecovery(String name) {
    boolean isNative = !name.equals("bouncycastle");
    for (String implementation : List.of("native", "java")) {
      meters.gauge(
          "hourgate.signature.recovery",
          "Which implementation checks signatures",
          () -> Meters.oneIf(implementation.equals("native") == isNative),
          "implementation",
          implementation);
    }
  }

  /** When the certificate of the page ends, in unix seconds; 0 if it has none. */
  public void certificateEnd(DoubleSupplier unixSeconds) {
    meters.gauge(
        "hourgate.tls.certificate.expiry.timestamp.seconds",
        "When a certificate ends, 0 without TLS",
        unixSeconds,
        "use",
        "page");
  }

  /** How many addresses an instance has left; -1 if that is not known. */
  public void addressPool(String instance, DoubleSupplier free) {
    meters.gauge(
        "hourgate.address.pool.free",
        "Addresses left for new clients, -1 while that is not known",
        free,
        "openvpn",
        instance);
  }

  public void queue(String name, DoubleSupplier depth) {
    meters.gauge("hourgate.queue.depth", "What waits in a queue", depth, "queue", name);
  }

  /** The configuration was read: at the start, and at each reload. */
  public void configuration(DoubleSupplier success, DoubleSupplier unixSeconds) {
    meters.gauge(
        "hourgate.config.reload.success",
        "Whether the last reading of the configuration was taken over",
        success);
    meters.gauge(
        "hourgate.config.reload.timestamp.seconds",
        "When a configuration was last taken over",
        unixSeconds);
  }

  /** Measures how late a thread runs what was due, once a second. */
  public void lagOf(SerialExecutor thread, TimeSource time) {
    LoopLag.measure(lag("gate"), thread, time);
  }

  /** Measures how late these threads run what was due, once a second. */
  public void lagOf(EventLoops loops, TimeSource time) {
    LoopLag.measure(lag("listener"), loops.group(), time);
  }

  private Timer lag(String loop) {
    return meters.timer(
        "hourgate.event.loop.lag", "How late what was due once a second ran", LAGS, "loop", loop);
  }

  /** The page, in the format that is asked for. */
  CompletionStage<Response> page(Request request) {
    // Rendering takes milliseconds, and the event loop is the customers' as well.
    return CompletableFuture.supplyAsync(() -> render(request), Thread::startVirtualThread);
  }

  private Response render(Request request) {
    String type =
        request.header("accept").filter(types -> types.contains(OPEN_METRICS)).isPresent()
            ? OPEN_METRICS + "; version=1.0.0; charset=utf-8"
            : "text/plain; version=0.0.4; charset=utf-8";
    boolean gzip = request.header("accept-encoding").filter(c -> c.contains("gzip")).isPresent();
    Map<String, String> headers = new HashMap<>();
    headers.put("content-type", type);
    headers.put("vary", "accept, accept-encoding");
    if (gzip) {
      headers.put("content-encoding", "gzip");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 17);
    try (OutputStream out = gzip ? new GZIPOutputStream(bytes) : bytes) {
      registry.scrape(out, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Response(200, headers, bytes.toByteArray());
  }

  @Override
  public void close() {
    for (AutoCloseable binder : binders) {
      try {
        binder.close();
      } catch (Exception e) {
        throw new IllegalStateException("a binder of meters did not close", e);
      }
    }
    registry.close();
  }
}

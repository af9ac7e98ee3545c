package org.hourgate.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.gate.GateSnapshot;
import org.hourgate.gate.InstanceStatus;
import org.hourgate.gate.ReasonCode;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.config.ConfigException;
import org.hourgate.infrastructure.config.Problem;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.HttpServer;
import org.hourgate.infrastructure.http.HttpServerSettings;
import org.hourgate.infrastructure.http.Router;
import org.hourgate.infrastructure.memory.OldGarbage;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.systemd.ServiceManager;
import org.hourgate.infrastructure.time.ThreadSerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.infrastructure.tls.SelfSignedCertificate;
import org.hourgate.infrastructure.tls.ServerTls;
import org.hourgate.infrastructure.tls.TlsException;
import org.hourgate.metrics.AdminEndpoints;
import org.hourgate.metrics.Metrics;
import org.hourgate.operator.AdminParts;
import org.hourgate.operator.AdminSocket;
import org.hourgate.operator.OperatorSocket;
import org.hourgate.operator.ReloadOutcome;
import org.hourgate.operator.SharedDaemon;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole service, wired: the gate, the customers' listener, the operator's. Starts and stops as
 * one; an OpenVPN or a chain that is away does not keep it from starting. The customers' listener
 * has threads of its own: whatever strangers do there, the operator's sockets answer.
 */
final class HourgateServer implements AutoCloseable {

  private static final int OPERATOR_THREADS = 1;
  private static final int SHOP_THREADS = 2;
  private static final int MAX_ADMIN_CONNECTIONS = 64;
  private static final Duration ADMIN_STEP = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(HourgateServer.class);

  private final Supplier<HourgateConfig> source;
  private final TimeSource time;
  private final ServiceManager manager;
  private final Metrics metrics;
  private final GateAssembly gate;
  private final EventLoops operatorLoops = new EventLoops("operator", OPERATOR_THREADS);
  private final EventLoops shopLoops = new EventLoops("shop-listener", SHOP_THREADS);
  private final List<HealthCheck> checks = new ArrayList<>();
  private final ShopAssembly shop;
  private volatile Optional<ServerTls> certificate = Optional.empty();
  private final ThreadSerialExecutor housekeeping =
      new ThreadSerialExecutor("housekeeping", e -> LOG.error("housekeeping failed", e));
  private final List<AutoCloseable> listeners = new ArrayList<>();
  private final Map<String, OperatorSocket> operatorSockets = new HashMap<>();
  private final ReloadRecord reloads;
  private volatile HourgateConfig config;
  private final List<HttpServer> customersListeners = new ArrayList<>();

  /**
   * Reads the configuration, keys and state files; nothing runs before {@link #start}.
   *
   * @param source reads the configuration, again and again
   * @param manager is told of each reload
   */
  HourgateServer(
      Supplier<HourgateConfig> source, TimeSource time, Metrics metrics, ServiceManager manager) {
    this.source = source;
    config = source.get();
    Logs.change(config.log());
    reloads = new ReloadRecord(time);
    this.time = time;
    this.manager = manager;
    this.metrics = metrics;
    gate = new GateAssembly(config, time, metrics);
    for (HourgateConfig.OpenVpn openvpn : config.openvpn()) {
      checks.add(HealthCheck.of("openvpn-" + openvpn.name(), () -> instance(openvpn.name())));
    }
    HealthCheck chain = HealthCheck.of("chain", () -> chain(gate.chainStatus()));
    HealthCheck clock = HealthCheck.of("clock", this::clock);
    checks.add(chain);
    checks.add(clock);
    checks.forEach(metrics::ready);
    metrics.lagOf(operatorLoops, time);
    metrics.lagOf(shopLoops, time);
    metrics.configuration(
        () -> reloads.succeeded() ? 1 : 0, () -> reloads.takenOver().getEpochSecond());
    metrics.certificateEnd(() -> certificate.map(c -> c.end().getEpochSecond()).orElse(0L));
    shop = new ShopAssembly(config, time, gate, List.of(chain, clock));
  }

  private HealthCheck.Result instance(String name) {
    return gate.gate().instances().stream()
        .filter(status -> status.instance().equals(name))
        .findFirst()
        .map(HourgateServer::instance)
        .orElseThrow();
  }

  private static HealthCheck.Result instance(InstanceStatus status) {
    return status.serving()
        ? new HealthCheck.Result.Healthy()
        : new HealthCheck.Result.Unhealthy(
            ReasonCode.STARTING.code(), String.join("; ", status.reasons()));
  }

  private static HealthCheck.Result chain(ChainStatus status) {
    return status.fit()
        ? new HealthCheck.Result.Healthy()
        : new HealthCheck.Result.Unhealthy(
            ReasonCode.CHAIN_UNAVAILABLE.code(), String.join("; ", status.reasons()));
  }

  private HealthCheck.Result clock() {
    return gate.gate().snapshot().clockDoubtful()
        ? new HealthCheck.Result.Unhealthy(
            ReasonCode.CLOCK.code(),
            "this machine's clock disagrees with the chain's newest block, or has just jumped")
        : new HealthCheck.Result.Healthy();
  }

  /**
   * Begins to listen, to attach and to read the chain.
   *
   * @throws IOException if an address or a socket can't be had
   */
  void start() throws IOException {
    listeners.add(
        HttpServer.start(
            operatorLoops,
            HttpServerSettings.of(config.admin().listen())
                .withMaxConnections(MAX_ADMIN_CONNECTIONS, MAX_ADMIN_CONNECTIONS),
            Optional.empty(),
            AdminEndpoints.routes(checks, metrics)));
    HourgateConfig.Shop customers = config.shop();
    Optional<ServerTls> customersTls = tls(customers.tls());
    serveCustomers(
        HttpServerSettings.of(customers.listen()).withTrustedProxies(customers.trustedProxies()),
        customersTls,
        shop.routes().observedBy(metrics.http()));
    Router tunnelRoutes = shop.tunnelRoutes().observedBy(metrics.httpInsideTheTunnel());
    for (InetSocketAddress address : customers.tunnelListen()) {
      serveCustomers(
          HttpServerSettings.of(address).beforeItExists(), Optional.empty(), tunnelRoutes);
    }
    listeners.add(
        AdminSocket.start(
            operatorLoops,
            config.admin().socket(),
            config.admin().group(),
            new AdminParts(
                gate.gate(), gate.gate()::instances, gate::chainStatus, this::reload, time),
            ADMIN_STEP));
    for (int i = 0; i < config.openvpn().size(); i++) {
      Optional<HourgateConfig.Operator> operator = config.openvpn().get(i).operator();
      if (operator.isPresent()) {
        OperatorSocket socket = operatorSocket(operator.get(), gate.daemons().get(i));
        operatorSockets.put(config.openvpn().get(i).name(), socket);
        listeners.add(socket);
      }
    }
    gate.start();
    shop.start();
    OldGarbage.watch(housekeeping);
  }

  private void serveCustomers(HttpServerSettings settings, Optional<ServerTls> tls, Router routes)
      throws IOException {
    HttpServer listener =
        HttpServer.start(shopLoops, settings.withExempt(config.limits().exempt()), tls, routes);
    listeners.add(listener);
    customersListeners.add(listener);
  }

  private OperatorSocket operatorSocket(HourgateConfig.Operator operator, SharedDaemon daemon)
      throws IOException {
    return switch (operator.address()) {
      case HourgateConfig.OperatorAddress.Unix(Path path) ->
          OperatorSocket.start(
              operatorLoops, path, operator.group(), operator.role(), daemon, gate.gate());
      case HourgateConfig.OperatorAddress.Tcp(InetSocketAddress address) ->
          OperatorSocket.start(
              operatorLoops,
              address,
              operator.password().orElseThrow(),
              operator.role(),
              daemon,
              gate.gate());
    };
  }

  /**
   * Reads the configuration again. What can change does, all of it or, if anything is wrong,
   * nothing. Live sessions are not touched. Blocks.
   */
  synchronized ReloadOutcome reload() {
    ReloadOutcome outcome = manager.reloading(this::readAgain);
    reloads.happened(outcome);
    return outcome;
  }

  private ReloadOutcome readAgain() {
    Reload reload;
    try {
      reload = Reload.of(config, source.get());
    } catch (ConfigException e) {
      return ReloadOutcome.refused(e.problems().stream().map(Problem::toString).toList());
    }
    List<String> problems = new ArrayList<>();
    List<Runnable> steps = prepare(reload.effective(), problems);
    if (!problems.isEmpty()) {
      return ReloadOutcome.refused(problems);
    }
    steps.forEach(Runnable::run);
    config = reload.effective();
    return new ReloadOutcome(List.of(), reload.applied(), reload.needsRestart());
  }

  /** Reads the files that a configuration names; nothing is changed before the steps are run. */
  private List<Runnable> prepare(HourgateConfig next, List<String> problems) {
    List<Runnable> steps = new ArrayList<>();
    steps.add(() -> gate.change(next));
    steps.add(() -> Logs.change(next.log()));
    try {
      steps.add(shop.prepare(next));
    } catch (CommandException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    customersListeners.forEach(
        listener -> steps.add(() -> listener.exempt(next.limits().exempt())));
    if (next.shop().tls() instanceof HourgateConfig.Tls.Files files && certificate.isPresent()) {
      try {
        steps.add(certificate.get().prepare(files.certificate(), files.key()));
      } catch (TlsException e) {
        problems.add("shop.tls: " + e.getMessage());
      }
    }
    for (HourgateConfig.OpenVpn openvpn : next.openvpn()) {
      OperatorSocket socket = operatorSockets.get(openvpn.name());
      if (socket != null && openvpn.operator().isPresent()) {
        HourgateConfig.Operator operator = openvpn.operator().get();
        try {
          steps.add(socket.prepare(operator.password(), operator.role()));
        } catch (IOException e) {
          problems.add("operator-password of " + openvpn.name() + ": " + e.getMessage());
        }
      }
    }
    return steps;
  }

  private Optional<ServerTls> tls(HourgateConfig.Tls tls) {
    Optional<ServerTls> loaded = load(tls);
    certificate = loaded;
    loaded.ifPresent(files -> files.follow(housekeeping));
    return loaded;
  }

  private Optional<ServerTls> load(HourgateConfig.Tls tls) {
    return switch (tls) {
      case HourgateConfig.Tls.Off() -> Optional.empty();
      case HourgateConfig.Tls.Files files ->
          Optional.of(ServerTls.load(files.certificate(), files.key()));
      case HourgateConfig.Tls.SelfSigned() -> {
        SelfSignedCertificate own =
            SelfSignedCertificate.forHost(
                config.gateway().publicUrl().getHost().replaceAll("[\\[\\]]", ""),
                config.gateway().stateDir(),
                time.wallTime());
        LOG.info("self-signed certificate {}, SHA-256 {}", own.certificate(), own.fingerprint());
        yield Optional.of(ServerTls.load(own.certificate(), own.key()));
      }
    };
  }

  /** Returns what keeps customers from being served now; empty if nothing. */
  List<String> reasonsNotReady() {
    return checks.stream()
        .flatMap(
            check ->
                switch (check.check()) {
                  case HealthCheck.Result.Healthy() -> List.<String>of().stream();
                  case HealthCheck.Result.Unhealthy unhealthy ->
                      List.of(check.name() + ": " + unhealthy.detail()).stream();
                })
        .toList();
  }

  /** Every loop that somebody is served by; each has to turn. */
  List<Executor> loops() {
    return Stream.of(gate.loops(), operatorLoops.each(), shopLoops.each())
        .flatMap(List::stream)
        .toList();
  }

  /** How it is, in one line for people. */
  String condition() {
    List<String> reasons = reasonsNotReady();
    if (!reasons.isEmpty()) {
      return "Not ready: " + String.join("; ", reasons);
    }
    GateSnapshot now = gate.gate().snapshot();
    int sessions =
        config.openvpn().stream()
            .mapToInt(o -> now.sessions(o.name(), SessionView.State.ESTABLISHED))
            .sum();
    Duration headAge = Duration.between(gate.chainStatus().headTime(), time.wallTime());
    return "%d session%s; head of the chain %d s old"
        .formatted(sessions, sessions == 1 ? "" : "s", Math.max(0, headAge.toSeconds()));
  }

  /** Leaves sessions alone; at most two seconds. */
  @Override
  public void close() {
    listeners.reversed().forEach(HourgateServer::close);
    housekeeping.close();
    shop.close();
    gate.close();
    shopLoops.close();
    metrics.close();
    operatorLoops.close();
  }

  private static void close(AutoCloseable listener) {
    try {
      listener.close();
    } catch (Exception e) {
      LOG.warn("a listener did not close cleanly", e);
    }
  }
}

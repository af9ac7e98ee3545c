package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.hourgate.app.install.Pki;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.app.lab.Output;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * One {@link LabGateway} with a running gate for all tests of a class. When a test fails, what the
 * gate said is printed. Safe for any thread.
 */
final class Lab implements BeforeAllCallback, AfterAllCallback, TestWatcher {

  static final Duration LONG = LabGateway.LONG;

  /** More than enough for a client to connect on a busy machine. */
  static final Duration TIME_TO_CONNECT = Duration.ofSeconds(15);

  /**
   * A few hundred packets wait in a socket's buffer while a busy machine holds OpenVPN up, and more
   * are lost.
   */
  private static final Duration CROWDS_PING_INTERVAL = Duration.ofMillis(100);

  private static final int FIRST_PAYER = 4;
  private static final int PAYERS = 6;
  private static final AtomicInteger CUSTOMERS = new AtomicInteger();

  private final UnaryOperator<OpenVpnServer.Builder> serverSettings;
  private final String gateSettings;
  private Runnable meanwhile = () -> {};
  private final List<LabProcess> gates = new CopyOnWriteArrayList<>();
  private final AtomicInteger servers = new AtomicInteger();
  private @Nullable LabGateway gateway;
  private String[] gateArguments = {};

  private Lab(UnaryOperator<OpenVpnServer.Builder> serverSettings, String gateSettings) {
    this.serverSettings = serverSettings;
    this.gateSettings = gateSettings;
  }

  /** The server as it is shipped. */
  static Lab standard() {
    return with(server -> server);
  }

  static Lab with(UnaryOperator<OpenVpnServer.Builder> serverSettings) {
    return new Lab(serverSettings, "");
  }

  /** The same with more lines in the gate's configuration. */
  Lab and(String moreSettings) {
    return new Lab(serverSettings, moreSettings + "\n");
  }

  /** Something that happens when OpenVPN has started and the gate has not. */
  Lab meanwhile(Runnable event) {
    meanwhile = event;
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    gateway = LabGateway.create(serverSettings);
    meanwhile.run();
    configure(gateSettings);
    startGate();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (gateway != null) {
      gateway.close();
    }
  }

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    for (LabProcess gate : gates) {
      System.err.println("--- the gate, process " + gate.pid() + ":");
      gate.output().lines().forEach(line -> System.err.println(line.readAt() + " " + line.text()));
    }
    System.err.println("--- the server:");
    gateway().server().output().lines().forEach(line -> System.err.println(line.text()));
  }

  /** What all gates so far have printed. */
  List<String> gateOutput() {
    return gates.stream()
        .flatMap(gate -> gate.output().lines().stream())
        .map(Output.Line::text)
        .toList();
  }

  LabGateway gateway() {
    if (gateway == null) {
      throw new IllegalStateException("not started yet");
    }
    return gateway;
  }

  OpenVpnServer server() {
    return gateway().server();
  }

  /** Begins to describe one more server of this world, with certificates of its own. */
  OpenVpnServer.Builder another(String name) throws IOException {
    int number = servers.incrementAndGet();
    Path folder = Files.createDirectory(gateway().network().directory().resolve(name));
    return OpenVpnServer.on(
            gateway().network(), Pki.create(folder, "hourgate-" + name, Duration.ofDays(1)))
        .instance(name, 1194 + number, "10." + (100 + number) + ".0.0");
  }

  /** Adds lines to the configuration that the next gate reads. */
  void configure(String settings) throws IOException {
    Files.writeString(gateway().configuration(), settings, StandardOpenOption.APPEND);
  }

  synchronized LabProcess startGate(String... arguments) {
    gateArguments = arguments;
    LabProcess gate = gateway().startGate(arguments);
    gates.add(gate);
    return gate;
  }

  /**
   * Starts the gate as it was started last if it does not run: whatever a test did, the next has
   * one.
   */
  synchronized void ensureGate() {
    if (!gateway().isGateRunning()) {
      startGate(gateArguments);
    }
  }

  /** Starts a gate that serves more servers, by their unix sockets. */
  void startGateFor(OpenVpnServer... others) {
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < others.length; i++) {
      String entry = "openvpn[" + (i + 1) + "].";
      Map<String, String> settings = new LinkedHashMap<>(others[i].gateSettings());
      settings.put("name", others[i].name());
      settings.put("management", "unix:" + others[i].managementSocket());
      settings.forEach(
          (key, value) -> arguments.addAll(List.of("--set", entry + key + "=" + value)));
    }
    startGate(arguments.toArray(String[]::new));
  }

  /** A wallet that nobody else in the tests has; it owns nothing, and its time is granted. */
  static WalletKey newWallet() {
    return WalletKey.parse("%064x".formatted(0x1000 + CUSTOMERS.incrementAndGet()));
  }

  /** Gives the wallet so much more time, and returns the end of it. */
  Instant grant(WalletKey wallet, Duration time) {
    return grant(gateway(), wallet, time);
  }

  private static Instant grant(LabGateway house, WalletKey wallet, Duration time) {
    house.contract().grant(LabGateway.OWNER, wallet.address(), time);
    return house.contract().entitlementOf(wallet.address()).paidUntil();
  }

  /** Sees to it that no less than so much time is left, however slow everything was till now. */
  Instant atLeast(WalletKey wallet, Duration time) {
    return atLeast(gateway(), wallet, time);
  }

  /** The same of a house that is nobody's lab. */
  static Instant atLeast(LabGateway house, WalletKey wallet, Duration time) {
    Instant end = house.contract().entitlementOf(wallet.address()).paidUntil();
    while (end.isBefore(Instant.now().plus(time))) {
      end = grant(house, wallet, time);
    }
    return end;
  }

  /** The same for all of them at one moment. */
  List<Instant> atLeast(List<WalletKey> wallets, Duration time) {
    while (true) {
      List<Instant> ends = wallets.stream().map(wallet -> atLeast(wallet, time)).toList();
      if (ends.stream().noneMatch(end -> end.isBefore(Instant.now().plus(time)))) {
        return ends;
      }
    }
  }

  /** Ends all sessions of the wallet as an operator does; returns when OpenVPN has confirmed it. */
  void kill(WalletKey wallet, String reason) throws Exception {
    Cli.Result kill =
        Cli.run(
            "kill",
            wallet.address().checksummed(),
            "--reason",
            reason,
            "--config",
            gateway().configuration().toString());
    assertThat(kill.exitCode()).as(kill.err()).isZero();
  }

  /** Gives many wallets so much time within a few blocks: several payers send at once. */
  void buyForAll(List<WalletKey> wallets, Duration time) throws Exception {
    long product = gateway().contract().addProduct(LabGateway.OWNER, LabGateway.PRICE, time);
    List<Callable<Void>> payments = new ArrayList<>();
    for (int i = 0; i < PAYERS; i++) {
      WalletKey payer = Anvil.key(FIRST_PAYER + i);
      List<WalletKey> share =
          IntStream.iterate(i, n -> n < wallets.size(), n -> n + PAYERS)
              .mapToObj(wallets::get)
              .toList();
      payments.add(
          () -> {
            try (HourgateContract contract =
                HourgateContract.at(
                    gateway().anvil().rpc(), Anvil.CHAIN_ID, gateway().contract().address())) {
              share.forEach(
                  wallet ->
                      contract.purchaseFor(payer, product, wallet.address(), LabGateway.PRICE));
            }
            return null;
          });
    }
    atOnce(payments);
  }

  /** Connects all of them at once. */
  List<Visit> connectAll(List<WalletKey> wallets, String kind) throws Exception {
    List<Callable<Visit>> connects = new ArrayList<>();
    for (WalletKey wallet : wallets) {
      connects.add(
          () -> Visit.begin(server(), gateway().client(wallet, kind), CROWDS_PING_INTERVAL));
    }
    return atOnce(connects);
  }

  private static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<T> results = new ArrayList<>();
      for (Future<T> task : threads.invokeAll(tasks)) {
        results.add(task.get());
      }
      return results;
    }
  }

  /** Begins to describe a client of this server in a namespace of its own. */
  OpenVpnClient.Builder client(OpenVpnServer server, WalletKey wallet, String password) {
    return OpenVpnClient.of(server, gateway().network().addClient())
        .login(wallet.address().checksummed(), password);
  }

  /** Connects with a fresh password and waits for packets. */
  Visit connect(WalletKey wallet, String kind) throws Exception {
    return connect(gateway().client(wallet, kind));
  }

  Visit connect(OpenVpnClient.Builder client) {
    return Visit.begin(server(), client);
  }
}

package org.hourgate.app.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.hourgate.app.install.ConfigTemplate;
import org.hourgate.app.install.Pki;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A seller's house: an anvil with the contract, an OpenVPN server in hold, and the configuration
 * for a gate between them, which is started as often as a test likes. Customers pay, sign and
 * connect as real ones do.
 */
public final class LabGateway implements AutoCloseable {

  public static final Duration LONG = Duration.ofSeconds(60);
  public static final WalletKey OWNER = Anvil.key(0);
  public static final WalletKey ALICE = Anvil.key(1);
  public static final WalletKey BOB = Anvil.key(2);
  public static final BigInteger PRICE = BigInteger.valueOf(1_000);

  private static final int FIRST_PORT = 10_000;
  private static final int LAST_PORT = 32_000;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private final LabNetwork network;
  private final OpenVpnServer server;
  private final Anvil anvil;
  private final HourgateContract contract;
  private final Path configuration;
  private final URI shop;
  private final URI admin;
  private final Thread hook = Thread.ofPlatform().unstarted(this::killGate);
  private final JsonMapper json = new JsonMapper();
  private @Nullable LabProcess gate;

  private LabGateway(UnaryOperator<OpenVpnServer.Builder> serverSettings) throws IOException {
    network = LabNetwork.create();
    Pki pki = Pki.create(network.directory(), "hourgate-lab", Duration.ofDays(1));
    server = serverSettings.apply(OpenVpnServer.on(network, pki)).start();
    // A block a second: the chain's clock follows ours, as it does on a real one.
    anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
    contract = HourgateContract.deploy(anvil.rpc(), Anvil.CHAIN_ID, OWNER, OWNER.address());
    shop = URI.create("http://127.0.0.1:" + freePort());
    admin = URI.create("http://127.0.0.1:" + freePort());
    Path profile = network.directory().resolve(ConfigTemplate.CLIENT);
    Files.writeString(profile, server.profileTemplate());
    configuration = Files.writeString(network.directory().resolve("hourgate.yaml"), yaml(profile));
    Runtime.getRuntime().addShutdownHook(hook);
  }

  public static LabGateway create() throws IOException {
    return create(server -> server);
  }

  /** Makes a world whose OpenVPN server differs from the shipped one. */
  public static LabGateway create(UnaryOperator<OpenVpnServer.Builder> serverSettings)
      throws IOException {
    return new LabGateway(serverSettings);
  }

  private String yaml(Path profile) throws IOException {
    return """
    gateway: { name: "Test", public-url: "%s", state-dir: state, key: "file:gateway.key" }
    openvpn:
      - { name: udp, management: "unix:%s", operator-socket: operator.sock, profile-template: "%s"%s }
    chain: { id: %d, rpc: "%s", contract: "%s", poll: 200ms }
    shop: { listen: "127.0.0.1:%d", tls: off, chain-name: "Lab", currency: "ETH", wallet-rpc: ["%s"], explorer: "https://explorer.example.org" }
    admin: { listen: "127.0.0.1:%d", socket: admin.sock }
    """
        .formatted(
            shop,
            server.managementSocket(),
            profile,
            server.gateSettings().entrySet().stream()
                .map(setting -> ", " + setting.getKey() + ": \"" + setting.getValue() + "\"")
                .collect(Collectors.joining()),
            Anvil.CHAIN_ID,
            anvil.rpc(),
            contract.address().checksummed(),
            shop.getPort(),
            anvil.rpc(),
            admin.getPort());
  }

  /**
   * Returns a port of loopback that nobody uses now, that the kernel gives to nobody who asks for
   * any ({@code net.ipv4.ip_local_port_range} begins at 32768), and that nobody else gets here: it
   * stays free until its owner listens, and while he starts anew.
   */
  public static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      if (!GIVEN.add(port)) {
        continue;
      }
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Somebody is there: another one.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public LabNetwork network() {
    return network;
  }

  public OpenVpnServer server() {
    return server;
  }

  public Anvil anvil() {
    return anvil;
  }

  public HourgateContract contract() {
    return contract;
  }

  public Path configuration() {
    return configuration;
  }

  /** Starts {@code hourgate serve} and waits until it is ready. */
  public synchronized LabProcess startGate(String... arguments) {
    LabProcess started = hourgate("serve", arguments);
    gate = started;
    started.output().await(0, "the line ready", "ready"::equals, LONG);
    return started;
  }

  public synchronized boolean isGateRunning() {
    return gate != null && gate.isAlive();
  }

  /** Ends the gate as a power cut would: {@code kill -9}. */
  public synchronized void killGate() {
    if (gate != null) {
      gate.kill();
      gate = null;
    }
  }

  /** Asks the gate to end, and returns its exit code. */
  public synchronized int stopGate() {
    if (gate == null) {
      return 0;
    }
    LabProcess stopping = gate;
    gate = null;
    stopping.close();
    return stopping.exitCode().orElseThrow();
  }

  /** Starts a command of the program in a virtual machine of its own. */
  public LabProcess hourgate(String command, String... arguments) {
    return LabProcess.start("hourgate " + command, commandLine(command, arguments));
  }

  /** The same, for whoever starts it elsewhere, as in a namespace. */
  public List<String> commandLine(String command, String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal=INT,HUP", // Which nohup, or a shell's &, has ignored.
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC", // As bin/hourgate.
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                // As in production, also where the class path has a configuration for tests.
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                "org.hourgate.app.Main",
                command,
                "--config",
                configuration.toString()));
    line.addAll(List.of(arguments));
    return line;
  }

  /** Puts a product of this length on sale and buys it; returns the end of the wallet's time. */
  public Instant buy(WalletKey customer, Duration duration) {
    long product = contract.addProduct(OWNER, PRICE, duration);
    contract.purchaseProduct(customer, product, PRICE);
    return contract.entitlementOf(customer.address()).paidUntil();
  }

  /**
   * Asks the running gate for a text, signs it and returns the password.
   *
   * @param kind {@code login} or {@code device}
   */
  public String password(WalletKey customer, String kind) throws Exception {
    String question =
        json.writeValueAsString(Map.of("wallet", customer.address().checksummed(), "kind", kind));
    HttpResponse<String> response = post(shop.resolve("/api/nonce"), question);
    if (response.statusCode() != 200) {
      throw new AssertionError("POST /api/nonce: " + response.statusCode() + " " + response.body());
    }
    JsonNode nonce = json.readTree(response.body());
    byte[] signature = customer.signPersonal(nonce.get("message").asString());
    return nonce.get("passwordPrefix").asString()
        + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  /** By a connection of its own: a kept one may be the former gate's, whose end is yet to come. */
  private static HttpResponse<String> post(URI uri, String body)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(uri)
              .timeout(LONG)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /** Begins to describe a client in a namespace of its own, with a fresh password. */
  public OpenVpnClient.Builder client(WalletKey customer, String kind) throws Exception {
    return client(customer, kind, network.addClient());
  }

  public OpenVpnClient.Builder client(WalletKey customer, String kind, Namespace namespace)
      throws Exception {
    return OpenVpnClient.of(server, namespace)
        .login(customer.address().checksummed(), password(customer, kind));
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The virtual machine is ending: the hook does the same.
    }
    stopGate();
    contract.close();
    anvil.close();
    network.close();
  }

  /** Where the gate tells how it is: {@code /readyz}, {@code /metrics}. */
  public URI admin() {
    return admin;
  }

  /** Where the gate's page and its API are. */
  public URI shop() {
    return shop;
  }
}

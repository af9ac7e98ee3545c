package org.hourgate.e2e;

import java.io.IOException;
import java.math.BigInteger;
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
import java.util.function.UnaryOperator;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.app.lab.Pki;
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
final class E2eWorld implements AutoCloseable {

  static final Duration LONG = Duration.ofSeconds(60);
  static final WalletKey OWNER = Anvil.key(0);
  static final WalletKey ALICE = Anvil.key(1);
  static final WalletKey BOB = Anvil.key(2);
  static final BigInteger PRICE = BigInteger.valueOf(1_000);

  private final LabNetwork network;
  private final OpenVpnServer server;
  private final Anvil anvil;
  private final HourgateContract contract;
  private final Path configuration;
  private final URI shop;
  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private @Nullable LabProcess gate;

  private E2eWorld(UnaryOperator<OpenVpnServer.Builder> serverSettings) throws IOException {
    network = LabNetwork.create();
    Pki pki = Pki.create(network.directory(), "hourgate-lab", Duration.ofDays(1));
    server = serverSettings.apply(OpenVpnServer.on(network, pki)).start();
    // A block a second: the chain's clock follows ours, as it does on a real one.
    anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
    contract = HourgateContract.deploy(anvil.rpc(), Anvil.CHAIN_ID, OWNER, OWNER.address());
    shop = URI.create("http://127.0.0.1:" + freePort());
    configuration = Files.writeString(network.directory().resolve("hourgate.yaml"), yaml());
  }

  static E2eWorld create() throws IOException {
    return create(server -> server);
  }

  /** Makes a world whose OpenVPN server differs from the shipped one. */
  static E2eWorld create(UnaryOperator<OpenVpnServer.Builder> serverSettings) throws IOException {
    return new E2eWorld(serverSettings);
  }

  private String yaml() throws IOException {
    return """
    gateway: { name: "Test", public-url: "https://vpn.example.org:8443", state-dir: state, key: "file:gateway.key" }
    openvpn:
      - { name: udp, management: "unix:%s", operator-socket: operator.sock }
    chain: { id: %d, rpc: "%s", contract: "%s", poll: 200ms }
    shop: { listen: "127.0.0.1:%d", tls: off }
    admin: { listen: "127.0.0.1:%d", socket: admin.sock }
    """
        .formatted(
            server.managementSocket(),
            Anvil.CHAIN_ID,
            anvil.rpc(),
            contract.address().checksummed(),
            shop.getPort(),
            freePort());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  LabNetwork network() {
    return network;
  }

  OpenVpnServer server() {
    return server;
  }

  Anvil anvil() {
    return anvil;
  }

  HourgateContract contract() {
    return contract;
  }

  Path configuration() {
    return configuration;
  }

  /** Starts {@code hourgate serve} and waits until it is ready. */
  LabProcess startGate(String... arguments) {
    LabProcess started = hourgate("serve", arguments);
    gate = started;
    started.output().await(0, "the line ready", "ready"::equals, LONG);
    return started;
  }

  /** Starts a command of the program in a virtual machine of its own. */
  LabProcess hourgate(String command, String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "org.hourgate.app.Main",
                command,
                "--config",
                configuration.toString()));
    line.addAll(List.of(arguments));
    return LabProcess.start("hourgate " + command, line);
  }

  /** Puts a product of this length on sale and buys it; returns the end of the wallet's time. */
  Instant buy(WalletKey customer, Duration duration) {
    long product = contract.addProduct(OWNER, PRICE, duration);
    contract.purchaseProduct(customer, product, PRICE);
    return contract.entitlementOf(customer.address()).paidUntil();
  }

  /**
   * Asks the running gate for a text, signs it and returns the password.
   *
   * @param kind {@code login} or {@code device}
   */
  String password(WalletKey customer, String kind) throws Exception {
    String question =
        json.writeValueAsString(Map.of("wallet", customer.address().checksummed(), "kind", kind));
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(shop.resolve("/api/nonce"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new AssertionError("POST /api/nonce: " + response.statusCode() + " " + response.body());
    }
    JsonNode nonce = json.readTree(response.body());
    byte[] signature = customer.signPersonal(nonce.get("message").asString());
    return nonce.get("passwordPrefix").asString()
        + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  /** Begins to describe a client in a namespace of its own, with a fresh password. */
  OpenVpnClient.Builder client(WalletKey customer, String kind) throws Exception {
    return client(customer, kind, network.addClient());
  }

  OpenVpnClient.Builder client(WalletKey customer, String kind, Namespace namespace)
      throws Exception {
    return OpenVpnClient.of(server, namespace)
        .login(customer.address().checksummed(), password(customer, kind));
  }

  @Override
  public void close() {
    if (gate != null) {
      gate.close();
    }
    http.shutdownNow();
    contract.close();
    anvil.close();
    network.close();
  }
}

package org.hourgate.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.credential.GatewayKeys;
import org.hourgate.credential.SignatureRecovery;
import org.hourgate.credential.WalletAddress;
import org.jspecify.annotations.Nullable;

/** {@code hourgate serve} for any number of OpenVPN processes, and what its clients may show. */
final class ServiceProcess implements AutoCloseable {

  private static final Duration TIME_TO_START = Duration.ofMinutes(1);

  private final Path folder;
  private final URI shop = URI.create("http://127.0.0.1:" + LabGateway.freePort());
  private final URI admin = URI.create("http://127.0.0.1:" + LabGateway.freePort());
  private final Path configuration;
  private final CredentialAuthority authority;
  private @Nullable LabProcess process;

  private ServiceProcess(Path folder, List<Path> sockets, URI rpc, WalletAddress contract)
      throws IOException {
    this.folder = folder;
    StringBuilder instances = new StringBuilder();
    for (int i = 0; i < sockets.size(); i++) {
      instances.append(
          "  - { name: vpn%d, management: \"unix:%s\", operator-socket: vpn%d.sock }\n"
              .formatted(i, sockets.get(i), i));
    }
    configuration =
        Files.writeString(
            folder.resolve("hourgate.yaml"),
            """
            gateway: { name: "Bench", public-url: "%s", state-dir: state, key: "file:gateway.key" }
            openvpn:
            %schain: { id: %d, rpc: "%s", contract: "%s" }
            limits: { connects-per-source: off, nonces-per-source: off }
            shop: { listen: "127.0.0.1:%d", tls: off }
            admin: { listen: "127.0.0.1:%d", socket: admin.sock }
            """
                .formatted(
                    shop,
                    instances,
                    Anvil.CHAIN_ID,
                    rpc,
                    contract.checksummed(),
                    shop.getPort(),
                    admin.getPort()));
    authority =
        new CredentialAuthority(
            new GatewayIdentity(shop, Anvil.CHAIN_ID, contract),
            GatewayKeys.load(folder.resolve("gateway.key")),
            SignatureRecovery.best(),
            new SecureRandom());
  }

  /** Describes a gate with all its files in the folder; {@link #start} starts it. */
  static ServiceProcess in(Path folder, List<Path> sockets, URI rpc, WalletAddress contract)
      throws IOException {
    return new ServiceProcess(folder, sockets, rpc, contract);
  }

  /** Starts it as {@code bin/hourgate} does and waits until it is ready. */
  void start(String... more) {
    List<String> options = new ArrayList<>(JavaOptions.SHIPPED);
    options.addAll(List.of(more));
    // As in production, also where the class path has a configuration for tests.
    options.add("-Dlogback.configurationFile=logback.xml");
    List<String> command = GateProcess.java(options.toArray(String[]::new));
    command.addAll(List.of("org.hourgate.app.Main", "serve", "--config", configuration.toString()));
    start(command, Map.of());
  }

  /** The same with a command line of its own. */
  void start(List<String> command, Map<String, String> environment) {
    LabProcess started = LabProcess.start("hourgate serve", command, environment);
    process = started;
    started.output().await(0, "the line ready", "ready"::equals, TIME_TO_START);
  }

  CredentialAuthority authority() {
    return authority;
  }

  Path configuration() {
    return configuration;
  }

  LabProcess process() {
    return Objects.requireNonNull(process, "not started");
  }

  /** Where the page is. */
  URI shop() {
    return shop;
  }

  /** Where the metrics are. */
  URI admin() {
    return admin;
  }

  /** Where monitors of an instance come in. */
  Path operatorSocket(int instance) {
    return folder.resolve("vpn" + instance + ".sock");
  }

  /** Its lines that say what nobody expected. */
  List<String> complaints() {
    return process().output().lines().stream()
        .map(line -> line.text())
        .filter(text -> text.contains("WARN") || text.contains("ERROR"))
        .collect(Collectors.toList());
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}

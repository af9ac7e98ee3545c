package org.hourgate.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletKey;
import org.hourgate.infrastructure.tls.SelfSignedCertificate;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.testing.RawClient;

/**
 * The whole program in a virtual machine of its own, with TLS files of its operator, between an
 * anvil and an OpenVPN that takes any number of clients.
 */
final class LoneGate implements AutoCloseable {

  static final WalletKey OWNER = Anvil.key(0);
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Anvil anvil =
      Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
  private final FakeOpenVpn openVpn = FakeOpenVpn.start();
  private final HourgateContract contract =
      HourgateContract.deploy(anvil.rpc(), Anvil.CHAIN_ID, OWNER, OWNER.address());
  private final Path folder;
  private final InetSocketAddress shop;
  private final InetSocketAddress admin;
  private final LabProcess process;

  /** Starts one, and waits until it is ready. */
  LoneGate(Path folder) throws IOException {
    this.folder = folder;
    shop = freeAddress();
    admin = freeAddress();
    SelfSignedCertificate first = newCertificate("first");
    replace("cert.pem", Files.readAllBytes(first.certificate()));
    replace("key.pem", Files.readAllBytes(first.key()));
    Path configuration =
        Files.writeString(
            folder.resolve("hourgate.yaml"),
            """
            gateway: { public-url: "https://127.0.0.1:%d", state-dir: state }
            openvpn:
              - { name: udp, management: "%s" }
            chain: { id: %d, rpc: "%s", contract: "%s", poll: 200ms }
            limits: { connects-per-source: off, exempt: [] }
            shop: { listen: "127.0.0.1:%d", tls: { certificate: cert.pem, key: key.pem } }
            admin: { listen: "127.0.0.1:%d", socket: admin.sock }
            """
                .formatted(
                    shop.getPort(),
                    openVpn.address(),
                    Anvil.CHAIN_ID,
                    anvil.rpc(),
                    contract.address().checksummed(),
                    shop.getPort(),
                    admin.getPort()));
    process =
        LabProcess.start(
            "hourgate serve",
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC", // As bin/hourgate.
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m", // Whatever is not bounded shows.
                "--enable-native-access=ALL-UNNAMED",
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                "org.hourgate.app.Main",
                "serve",
                "--config",
                configuration.toString()));
    process.output().await(0, "the line ready", "ready"::equals, PATIENCE);
  }

  private static InetSocketAddress freeAddress() throws IOException {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), LabGateway.freePort());
  }

  InetSocketAddress shop() {
    return shop;
  }

  InetSocketAddress admin() {
    return admin;
  }

  LabProcess process() {
    return process;
  }

  FakeOpenVpn openVpn() {
    return openVpn;
  }

  Anvil anvil() {
    return anvil;
  }

  HourgateContract contract() {
    return contract;
  }

  /** A visitor whose browser looks at no certificate. */
  RawClient visit() throws IOException {
    return RawClient.connect(shop).overTls();
  }

  /** Makes a pair of files that the gate does not know. */
  SelfSignedCertificate newCertificate(String name) throws IOException {
    return SelfSignedCertificate.forHost(
        "127.0.0.1", Files.createDirectory(folder.resolve(name)), Instant.now());
  }

  /** Puts a file where the gate reads {@code cert.pem} and {@code key.pem}, all at once. */
  void replace(String name, byte[] content) throws IOException {
    Path draft = Files.write(folder.resolve(name + ".draft"), content);
    Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** How often the gate has said something with these words. */
  long said(String words) {
    return process.output().lines().stream().filter(line -> line.text().contains(words)).count();
  }

  @Override
  public void close() {
    process.close();
    contract.close();
    openVpn.close();
    anvil.close();
  }
}

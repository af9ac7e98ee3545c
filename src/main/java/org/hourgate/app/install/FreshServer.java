package org.hourgate.app.install;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hourgate.infrastructure.net.CidrBlock;

/** A gateway where there is none: an OpenVPN server of its own, with its own certificates. */
final class FreshServer implements Setup {

  private static final Duration VALIDITY = Duration.ofDays(3650);
  private static final int LAN_PREFIX = 64;

  private final Layout layout;
  private final Answers answers;
  private final List<String> dns;
  private final Instance instance;
  private final GatewayFiles gateway;

  FreshServer(
      Layout layout, Answers answers, boolean tcp, int port, CidrBlock network, List<String> dns) {
    this.layout = layout;
    this.answers = answers;
    this.dns = dns;
    this.instance =
        new Instance(
            layout.instance(),
            "unix:" + layout.managementSocket(),
            Optional.empty(),
            "openvpn-server@" + layout.instance(),
            "tun-" + layout.instance(),
            tcp,
            port,
            network,
            Optional.of(localNetwork()));
    this.gateway = new GatewayFiles(layout, answers, instance);
  }

  /** A block of IPv6 addresses that is nobody else's (RFC 4193, 3.2.2). */
  private static CidrBlock localNetwork() {
    byte[] random = new byte[5];
    new SecureRandom().nextBytes(random);
    byte[] address = ByteBuffer.allocate(16).put((byte) 0xfd).put(random).array();
    try {
      return new CidrBlock(InetAddress.getByAddress(address), LAN_PREFIX);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }

  @Override
  public GatewayFiles gateway() {
    return gateway;
  }

  @Override
  public List<Path> more() {
    List<Path> files = new ArrayList<>();
    files.add(layout.serverConfiguration());
    Pki.FILES.forEach(name -> files.add(layout.certificates().resolve(name)));
    return files;
  }

  @Override
  public void describe(PrintWriter out) {
    out.println("Files to write:");
    files().forEach(path -> out.println("  " + path));
  }

  @Override
  public void write(Journal journal, PrintWriter out) throws IOException {
    Path folder = Files.createDirectories(layout.certificates());
    String serverName = "hourgate-" + layout.instance();
    Pki pki = Pki.create(folder, serverName, VALIDITY);
    for (String name : Pki.FILES) {
      journal.add(folder.resolve(name));
    }
    journal.write(layout.serverConfiguration(), serverConfiguration(pki), "rw-r--r--");
    gateway.write(
        journal,
        gateway.profile(
            serverName,
            pki.caPem(),
            ConfigTemplate.inline("tls-crypt-v2", pki.profileTlsCryptKey())));
    gateway.setUp(journal, out);
  }

  private String serverConfiguration(Pki pki) {
    return ConfigTemplate.shipped(ConfigTemplate.SERVER)
        .fill(
            Map.ofEntries(
                Map.entry("DEVICE", instance.device()),
                Map.entry("PROTO", instance.tcp() ? "tcp-server" : "udp"),
                Map.entry("PORT", Integer.toString(instance.port())),
                Map.entry("EXIT_NOTIFY", instance.exitNotify()),
                Map.entry("NETWORK", Netmasks.spell(instance.network())),
                Map.entry("NETWORK6", instance.network6().orElseThrow().toString()),
                Map.entry(
                    "DNS",
                    dns.stream()
                        .map(server -> "push \"dhcp-option DNS " + server + "\"")
                        .collect(Collectors.joining("\n"))),
                Map.entry("CA", pki.ca().toString()),
                Map.entry("CERTIFICATE", pki.certificate().toString()),
                Map.entry("KEY", pki.key().toString()),
                Map.entry("TLS_CRYPT_V2", pki.tlsCryptKey().toString()),
                Map.entry("MANAGEMENT_SOCKET", layout.managementSocket().toString()),
                Map.entry("GATE_USER", answers.user())));
  }

  @Override
  public String startOpenVpn() {
    return layout.isThisMachine()
        ? "systemctl enable --now " + instance.unit()
        : "openvpn --config " + layout.serverConfiguration();
  }
}

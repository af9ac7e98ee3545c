package org.hourgate.app.check;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.management.client.ManagementAddress;

/**
 * What the directives of an OpenVPN server come to, with 2.6's defaults ({@code options.c
 * init_options}).
 *
 * @param sessionsPerWallet as Hourgate is configured
 * @param scriptFolder where its scripts meet us; empty if it asks on its management interface
 */
record OpenVpnSettings(
    List<OpenVpnDirective> directives, int sessionsPerWallet, Optional<Path> scriptFolder) {

  static final int DEFAULT_MAX_CLIENTS = 1024;
  static final int DEFAULT_HAND_WINDOW = 60;
  static final int DEFAULT_RENEGOTIATION = 3600;

  private static final int MAX_POOL = 65_536;

  OpenVpnSettings {
    directives = List.copyOf(directives);
  }

  /** Of an OpenVPN that asks on its management interface. */
  OpenVpnSettings(List<OpenVpnDirective> directives, int sessionsPerWallet) {
    this(directives, sessionsPerWallet, Optional.empty());
  }

  List<OpenVpnDirective> all(String name) {
    return directives.stream().filter(line -> line.name().equals(name)).toList();
  }

  /** Of a line that is there twice OpenVPN takes the last. */
  Optional<OpenVpnDirective> find(String name) {
    return all(name).stream().reduce((_, last) -> last);
  }

  boolean has(String name) {
    return find(name).isPresent();
  }

  Optional<Integer> number(String name) {
    return find(name).flatMap(OpenVpnDirective::number);
  }

  /** Whether this is pushed to clients. */
  boolean pushes(Predicate<String> option) {
    return all("push").stream().flatMap(line -> line.value().stream()).anyMatch(option);
  }

  /** Every trap it walks into, the unsafe ones first. */
  List<LintFinding> lint() {
    return LintRules.of(this).stream()
        .flatMap(rule -> rule.look(this))
        .sorted((a, b) -> a.weight().compareTo(b.weight()))
        .toList();
  }

  /** Why nobody should be let in, each with its line and what to write. */
  List<String> unsafe() {
    return lint().stream()
        .filter(finding -> finding.weight() == LintFinding.Weight.UNSAFE)
        .map(LintFinding::toString)
        .toList();
  }

  boolean isServer() {
    return has("server")
        || has("server-bridge")
        || find("mode").filter(mode -> mode.is("server")).isPresent();
  }

  /** Whether OpenVPN itself gives the clients their addresses. */
  boolean hasPool() {
    return find("server").filter(line -> !line.arguments().contains("nopool")).isPresent()
        || has("ifconfig-pool")
        || find("server-bridge").filter(line -> line.arguments().size() == 4).isPresent();
  }

  boolean isTap() {
    return find("dev-type")
        .or(() -> find("dev"))
        .flatMap(OpenVpnDirective::value)
        .filter(device -> device.startsWith("tap"))
        .isPresent();
  }

  boolean isTcp() {
    return find("proto")
        .flatMap(OpenVpnDirective::value)
        .filter(proto -> proto.startsWith("tcp"))
        .isPresent();
  }

  boolean isSubnet() {
    return find("topology").filter(line -> line.is("subnet")).isPresent();
  }

  int maxClients() {
    return number("max-clients").orElse(DEFAULT_MAX_CLIENTS);
  }

  int handWindow() {
    return number("hand-window").orElse(DEFAULT_HAND_WINDOW);
  }

  int renegotiation() {
    return number("reneg-sec").orElse(DEFAULT_RENEGOTIATION);
  }

  /** Where it listens for us; empty if nowhere that we can reach, or inside the tunnel. */
  Optional<ManagementAddress> management(Path folder) {
    return find("management")
        .filter(line -> line.arguments().size() >= 2)
        .flatMap(
            line -> {
              String where = line.arguments().getFirst();
              String port = line.arguments().get(1);
              try {
                return Optional.<ManagementAddress>of(
                    port.equals("unix")
                        ? new ManagementAddress.Unix(folder.resolve(where).normalize())
                        : new ManagementAddress.Tcp(where, Integer.parseInt(port)));
              } catch (IllegalArgumentException e) {
                return Optional.empty();
              }
            });
  }

  /**
   * How many clients it has addresses and room for: the smaller of {@code max-clients} and the
   * pool; empty if the pool can't be told.
   */
  Optional<Integer> capacity() {
    return poolSize().map(addresses -> Math.min(addresses, maxClients()));
  }

  /**
   * What {@code server} has left behind its own address (OpenVPN {@code helper.c
   * helper_client_server}, {@code topology subnet}).
   */
  Optional<Integer> poolSize() {
    return find("server")
        .filter(line -> isSubnet() && line.arguments().size() == 2)
        .flatMap(line -> addresses(line.arguments().get(1)))
        .map(addresses -> Math.max(0, addresses - 3)); // network, broadcast, the server itself
  }

  /** Whether the two give out the same addresses. */
  boolean overlaps(OpenVpnSettings other) {
    Optional<CidrBlock> ours = network();
    Optional<CidrBlock> theirs = other.network();
    return ours.isPresent()
        && theirs.isPresent()
        && (ours.get().contains(theirs.get().network())
            || theirs.get().contains(ours.get().network()));
  }

  Optional<CidrBlock> network() {
    return find("server")
        .filter(line -> line.arguments().size() >= 2)
        .flatMap(
            line -> {
              try {
                byte[] mask = InetAddress.ofLiteral(line.arguments().get(1)).getAddress();
                return Optional.of(
                    new CidrBlock(
                        InetAddress.ofLiteral(line.arguments().getFirst()),
                        Integer.bitCount(ByteBuffer.wrap(mask).getInt())));
              } catch (IllegalArgumentException e) {
                return Optional.empty();
              }
            });
  }

  private static Optional<Integer> addresses(String netmask) {
    try {
      byte[] mask = InetAddress.ofLiteral(netmask).getAddress();
      int bits = ByteBuffer.wrap(mask).getInt();
      return mask.length == Integer.BYTES && bits != 0
          ? Optional.of(Math.min(MAX_POOL, Math.max(1, -bits)))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The files that a directive names: each of several, none for an inline one. */
  Stream<Path> files(String name, Path folder) {
    return all(name).stream()
        .filter(line -> !line.inline())
        .flatMap(line -> line.value().stream())
        .map(folder::resolve);
  }
}

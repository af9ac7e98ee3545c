package org.hourgate.app.check;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.management.client.ManagementAddress;

/**
 * The configuration file of an OpenVPN server that somebody else has set up, as far as fitting
 * Hourgate beside it needs to know. Immutable; reading it blocks.
 */
public final class ServerFile {

  private final Path file;
  private final OpenVpnConfiguration configuration;
  private final OpenVpnSettings settings;

  private ServerFile(Path file, OpenVpnConfiguration configuration, OpenVpnSettings settings) {
    this.file = file;
    this.configuration = configuration;
    this.settings = settings;
  }

  /**
   * A trap that the server walks into.
   *
   * @param where {@code line 7}; empty if it is about a line that is missing
   * @param unsafe whether Hourgate refuses to serve it
   * @param line what cures it at the end of the file, empty if something else is needed
   * @param removable the number of the line that has to go, 0 if something else is needed
   */
  public record Trap(
      String where, boolean unsafe, String message, String change, String line, int removable) {}

  /** Reads the file, and those that it names. */
  public static ServerFile read(Path file) {
    OpenVpnConfiguration configuration = OpenVpnConfigReader.file(file);
    return new ServerFile(file, configuration, new OpenVpnSettings(configuration.directives(), 1));
  }

  /** What OpenVPN would stumble over, and what can't be read. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    configuration.problems().forEach(each -> problems.add(each.where() + ": " + each.message()));
    if (problems.isEmpty() && !settings.isServer()) {
      problems.add(file + " is not the configuration of an OpenVPN server");
    }
    return problems;
  }

  /** What {@code hourgate check} would say about it, with more lines at its end. */
  public List<Trap> traps(List<String> more) {
    List<OpenVpnDirective> directives = new ArrayList<>(settings.directives());
    directives.addAll(OpenVpnConfigReader.lines(more).directives());
    return new OpenVpnSettings(directives, 1)
        .lint().stream()
            .map(
                finding ->
                    new Trap(
                        finding.where(),
                        finding.weight() == LintFinding.Weight.UNSAFE,
                        finding.message(),
                        finding.change(),
                        finding.line(),
                        removable(finding)))
            .toList();
  }

  /** Lines of this very file only: those of others have other owners. */
  private static int removable(LintFinding finding) {
    return finding.change().startsWith("remove it") && finding.where().startsWith("line ")
        ? Integer.parseInt(finding.where().substring("line ".length()))
        : 0;
  }

  public boolean has(String name) {
    return settings.has(name);
  }

  /** The words behind the name, of the line that counts. */
  public List<String> arguments(String name) {
    return settings.find(name).map(OpenVpnDirective::arguments).orElse(List.of());
  }

  public boolean isTcp() {
    return settings.isTcp();
  }

  /** Where it listens for a controller; empty if nowhere that we can reach. */
  public Optional<ManagementAddress> management() {
    return settings.management(configuration.folder());
  }

  /** The file whose first line a controller has to say. */
  public Optional<Path> managementPassword() {
    List<String> management = arguments("management");
    return management.size() > 2
        ? Optional.of(configuration.folder().resolve(management.get(2)))
        : Optional.empty();
  }

  /** How many customers have an address; empty if that can't be told. */
  public Optional<Integer> addresses() {
    return settings.poolSize();
  }

  public int maxClients() {
    return settings.maxClients();
  }

  /** The customers' addresses. */
  public Optional<CidrBlock> network() {
    return settings.network();
  }

  /** The customers' IPv6 addresses. */
  public Optional<CidrBlock> network6() {
    return settings
        .find("server-ipv6")
        .flatMap(OpenVpnDirective::value)
        .flatMap(
            text -> {
              try {
                return Optional.of(CidrBlock.parse(text));
              } catch (IllegalArgumentException e) {
                return Optional.empty();
              }
            });
  }

  /** The server's own address in the tunnel: the first behind the network's. */
  public static InetAddress firstOf(CidrBlock network) {
    byte[] address = network.network().getAddress();
    address[address.length - 1]++;
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has as many bytes as before", e);
    }
  }

  /**
   * What a directive names or holds: the text of its file, or its inline block.
   *
   * @throws IOException if the file can't be read
   */
  public Optional<String> text(String name) throws IOException {
    Optional<OpenVpnDirective> line =
        settings.find(name).filter(found -> found.value().isPresent());
    if (line.isEmpty()) {
      return Optional.empty();
    }
    String value = line.get().value().get();
    return Optional.of(
        line.get().inline()
            ? value
            : Files.readString(configuration.folder().resolve(value), StandardCharsets.ISO_8859_1));
  }

  /**
   * The name in the server's certificate.
   *
   * @throws IOException if it can't be read
   */
  public String commonName() throws IOException {
    try {
      List<X509Certificate> chain = Certificates.read(text("cert").orElse(""));
      return Certificates.commonName(chain.getFirst());
    } catch (CertificateException e) {
      throw new IOException("cert: " + e.getMessage(), e);
    }
  }
}

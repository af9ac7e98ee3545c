package org.hourgate.app.install;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.hourgate.app.check.ServerFile;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.management.client.ManagementAddress;

/**
 * A gateway beside an OpenVPN server that somebody's installer has made. Its certificates and keys
 * stay, its configuration gets a block of lines at its end, between marks, and a few lines of it
 * are put out of action; {@link #restore} takes both back. What the lines are is what {@code
 * hourgate check} would say.
 */
final class ExistingServer implements Setup {

  private static final String BEGIN = "# BEGIN hourgate (`hourgate init --undo` takes it back)";
  private static final String END = "# END hourgate";
  private static final String OFF = "#hourgate# ";
  private static final String DEBIAN_FOLDER = "/etc/openvpn/server";
  private static final int LONGEST_NAME = 32;

  /** Whichever is free, and the one that a single server gets: its firewall rules have it. */
  private static final String ANY_DEVICE = "tun";

  private static final String FIRST_DEVICE = "tun0";

  private final Path file;
  private final Layout layout;
  private final Answers answers;
  private final ServerFile server;
  private final Instance instance;
  private final GatewayFiles gateway;
  private final List<String> lines;
  private final Set<Integer> linesOff;
  private final List<ServerFile.Trap> left;

  ExistingServer(Path file, Path root, Answers answers) {
    this.file = file;
    this.answers = answers;
    this.layout = new Layout(root, name(file));
    this.server = ServerFile.read(file);
    if (!server.problems().isEmpty()) {
      throw new CommandException(ExitCode.CONFIGURATION, String.join("; ", server.problems()));
    }
    if (!server.has("ca")) {
      throw new CommandException(
          ExitCode.CONFIGURATION,
          file
              + " has no ca: profiles by fingerprint can't be made here. Set up a server beside it,"
              + " on another port: hourgate init --port N");
    }
    this.instance = describe();
    this.gateway = new GatewayFiles(layout, answers, instance);
    this.lines = additions();
    List<ServerFile.Trap> traps = server.traps(lines);
    this.linesOff = new TreeSet<>();
    traps.stream().map(ServerFile.Trap::removable).filter(n -> n > 0).forEach(linesOff::add);
    this.left = traps.stream().filter(trap -> trap.removable() == 0).toList();
  }

  private static String name(Path file) {
    String name =
        file.getFileName()
            .toString()
            .replaceFirst("\\.(conf|ovpn)$", "")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9_-]", "-");
    return name.substring(0, Math.min(name.length(), LONGEST_NAME));
  }

  private Instance describe() {
    String folder = String.valueOf(file.getParent());
    String device = server.arguments("dev").stream().findFirst().orElse(ANY_DEVICE);
    return new Instance(
        layout.instance(),
        switch (server.management().orElse(null)) {
          case ManagementAddress.Tcp(String host, int port) -> "tcp:" + host + ":" + port;
          case ManagementAddress.Unix(Path path) -> "unix:" + path;
          case null -> "unix:" + layout.managementSocket();
        },
        server.managementPassword(),
        (folder.equals(DEBIAN_FOLDER) ? "openvpn-server@" : "openvpn@") + layout.instance(),
        device.equals(ANY_DEVICE) ? FIRST_DEVICE : device,
        server.isTcp(),
        number("port").or(() -> number("lport")).orElse(1194),
        server
            .network()
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.CONFIGURATION,
                        file
                            + " does not say which addresses customers get: it needs a line"
                            + " server NETWORK NETMASK")),
        server.network6());
  }

  private Optional<Integer> number(String name) {
    return server.arguments(name).stream()
        .findFirst()
        .filter(text -> text.matches("[0-9]{1,5}"))
        .map(Integer::parseInt);
  }

  /** Ours first, then those that check asks for. */
  private List<String> additions() {
    List<String> more = new ArrayList<>();
    if (server.arguments("dev").stream().findFirst().orElse(ANY_DEVICE).equals(ANY_DEVICE)) {
      // Walls stand around one device, whichever server of this machine starts first.
      more.add("dev " + FIRST_DEVICE);
    }
    Optional<ManagementAddress> management = server.management();
    if (management.isEmpty()) {
      more.add("management " + layout.managementSocket() + " unix");
    }
    boolean unix = management.filter(ManagementAddress.Tcp.class::isInstance).isEmpty();
    if (unix && !server.has("management-client-user") && !server.has("management-client-group")) {
      more.add("management-client-user " + answers.user());
    }
    server.traps(more).stream()
        .map(ServerFile.Trap::line)
        .filter(line -> !line.isEmpty())
        .forEach(more::add);
    server
        .addresses()
        .filter(addresses -> addresses < server.maxClients())
        .ifPresent(addresses -> more.add("max-clients " + addresses));
    return more;
  }

  @Override
  public GatewayFiles gateway() {
    return gateway;
  }

  @Override
  public List<Path> more() {
    return List.of(backup(file));
  }

  @Override
  public void describe(PrintWriter out) {
    out.println("At the end of " + file + ":");
    block().forEach(line -> out.println("  " + line));
    if (!linesOff.isEmpty()) {
      out.println("Lines of it that are put out of action:");
      List<String> all = read();
      linesOff.forEach(
          number -> out.println("  line %d: %s".formatted(number, all.get(number - 1).strip())));
    }
    if (!left.isEmpty()) {
      out.println("What is left to you:");
      left.forEach(
          trap ->
              out.println(
                  "  %s%s => %s"
                      .formatted(
                          trap.where().isEmpty() ? "" : trap.where() + ": ",
                          trap.message(),
                          trap.change())));
    }
    out.println(
        """
        From its next start on this server asks for a wallet and a signature: whoever has connected with a certificate
        alone is refused. To keep those, leave this server as it is and set up one beside it: hourgate init --port 1195""");
  }

  private List<String> block() {
    List<String> block = new ArrayList<>();
    block.add(BEGIN);
    block.addAll(lines);
    block.add(END);
    return block;
  }

  private List<String> read() {
    try {
      // Whatever bytes somebody has written into comments stay what they are.
      return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1));
    } catch (IOException e) {
      throw new CommandException(ExitCode.CONFIGURATION, file + " can't be read");
    }
  }

  @Override
  public void write(Journal journal, PrintWriter out) throws IOException {
    String profile = profile(); // Before anything is changed: it may not be possible.
    gateway.write(journal, profile);
    journal.willChange(file);
    change();
    out.println("  changed " + file + ", which is kept as " + backup(file).getFileName());
    gateway.setUp(journal, out);
  }

  private void change() throws IOException {
    List<String> changed = new ArrayList<>();
    List<String> all = read();
    for (int i = 0; i < all.size(); i++) {
      changed.add((linesOff.contains(i + 1) ? OFF : "") + all.get(i));
    }
    if (changed.getLast().isEmpty()) {
      changed.removeLast();
    }
    changed.addAll(block());
    Files.copy(file, backup(file), StandardCopyOption.COPY_ATTRIBUTES);
    replace(file, String.join("\n", changed) + "\n");
  }

  private static Path backup(Path file) {
    return file.resolveSibling(file.getFileName() + ".before-hourgate");
  }

  /** The file's owner and mode stay. */
  private static void replace(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
  }

  private String profile() throws IOException {
    String name = server.commonName();
    return gateway.profile(
        name.contains(" ") ? "\"" + name + "\"" : name,
        certificates(server.text("ca").orElseThrow()),
        String.join("\n", tlsLines()));
  }

  /** Installers leave the words of `openssl x509 -text` around it. */
  private static String certificates(String pem) {
    int begin = pem.indexOf("-----BEGIN CERTIFICATE-----");
    return begin < 0 ? pem : pem.substring(begin);
  }

  /** What client and server have to say alike. */
  private List<String> tlsLines() throws IOException {
    List<String> tls = new ArrayList<>();
    Optional<String> v2 = server.text("tls-crypt-v2");
    if (v2.isPresent()) {
      tls.add(ConfigTemplate.inline("tls-crypt-v2", TlsCryptV2.parse(v2.get()).newClientPem()));
    }
    Optional<String> crypt = server.text("tls-crypt");
    if (crypt.isPresent()) {
      tls.add(ConfigTemplate.inline("tls-crypt", crypt.get()));
    }
    Optional<String> auth = server.text("tls-auth");
    if (auth.isPresent()) {
      List<String> words = server.arguments("tls-auth");
      List<String> direction =
          words.size() > 1 ? words.subList(1, 2) : server.arguments("key-direction");
      direction.stream().findFirst().ifPresent(d -> tls.add("key-direction " + (1 - toInt(d))));
      tls.add(ConfigTemplate.inline("tls-auth", auth.get()));
    }
    for (String name : List.of("auth", "tun-mtu", "fragment")) {
      if (server.has(name)) {
        tls.add(name + " " + String.join(" ", server.arguments(name)));
      }
    }
    return tls;
  }

  private static int toInt(String direction) {
    return direction.equals("1") ? 1 : 0;
  }

  /** Takes back what was changed in the file, whatever else has been changed in it since. */
  static void restore(Path file, PrintWriter out) {
    if (!Files.exists(file)) {
      out.println("  left alone, it is gone: " + file);
      return;
    }
    try {
      List<String> kept = new ArrayList<>();
      boolean ours = false;
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      for (String line : text.split("\n", -1)) {
        ours |= line.equals(BEGIN);
        if (!ours) {
          kept.add(line.startsWith(OFF) ? line.substring(OFF.length()) : line);
        }
        ours &= !line.equals(END);
      }
      replace(file, String.join("\n", kept));
      out.println("  restored " + file);
      if (!Files.exists(backup(file))) {
        return;
      }
      if (isAsBefore(file)) {
        Files.delete(backup(file));
      } else {
        out.println("  it is not as it was before: see " + backup(file));
      }
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.CONFIGURATION,
          "%s can't be restored: %s; it was kept as %s"
              .formatted(file, e.getMessage(), backup(file)));
    }
  }

  /** But for a line feed that was missing at its end. */
  private static boolean isAsBefore(Path file) throws IOException {
    String now = Files.readString(file, StandardCharsets.ISO_8859_1);
    String before = Files.readString(backup(file), StandardCharsets.ISO_8859_1);
    return now.equals(before) || now.equals(before + "\n");
  }

  @Override
  public String startOpenVpn() {
    return "systemctl restart " + instance.unit();
  }
}

package org.hourgate.app.install;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hourgate.app.check.ServerFile;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.shop.ProfileTemplate;

/** Hourgate's own files, and all that lies around: the same beside every OpenVPN. */
final class GatewayFiles {

  /** Stands for a contract that is not on the chain yet. */
  private static final String NO_CONTRACT = "0x0000000000000000000000000000000000000000";

  /** A chain on somebody's desk, where a block comes when there is a purchase. */
  private static final long DEVELOPMENT_CHAIN = 31337;

  /** Where the server has no IPv6 for customers, rules still need a block: nobody has it. */
  private static final CidrBlock NO_NETWORK6 = CidrBlock.parse("fd88::/64");

  private static final int KEY_LENGTH = 32;
  private static final Path SYSTEMD_RUNS = Path.of("/run/systemd/system");

  private final Layout layout;
  private final Answers answers;
  private final Instance instance;
  private final Optional<Program> program;

  GatewayFiles(Layout layout, Answers answers, Instance instance) {
    this.layout = layout;
    this.answers = answers;
    this.instance = instance;
    this.program = Program.here().filter(_ -> !layout.hasPackage());
  }

  List<Path> all() {
    List<Path> files =
        new ArrayList<>(
            List.of(layout.configuration(), layout.gatewayKey(), layout.profileTemplate()));
    program.ifPresent(_ -> files.addAll(Program.files(layout)));
    return files;
  }

  /** What Hourgate will read. */
  String configuration() {
    return ConfigTemplate.shipped("hourgate.yaml.template")
        .fill(
            Map.ofEntries(
                Map.entry("NAME", quote(answers.name())),
                Map.entry("PUBLIC_URL", quote(answers.publicUrl())),
                Map.entry("STATE_DIR", quote(layout.state())),
                Map.entry("INSTANCE", quote(instance.name())),
                Map.entry("MANAGEMENT", management()),
                Map.entry(
                    "OPERATOR_SOCKET", quote(layout.sockets().resolve(instance.name() + ".sock"))),
                Map.entry("CHAIN_ID", Long.toString(answers.chainId())),
                Map.entry(
                    "RPC",
                    answers.rpc().stream()
                        .map(GatewayFiles::quote)
                        .collect(Collectors.joining(", ", "[", "]"))),
                Map.entry(
                    "CONTRACT",
                    quote(answers.contract().map(WalletAddress::checksummed).orElse(NO_CONTRACT))),
                Map.entry("CONFIRMATIONS", Integer.toString(answers.confirmations())),
                Map.entry("MAX_HEAD_AGE", answers.chainId() == DEVELOPMENT_CHAIN ? "off" : "60s"),
                Map.entry("SHOP", shop()),
                Map.entry("SERVER4", instance.server().getHostAddress()),
                Map.entry("TUNNEL_LISTEN", tunnelListen()),
                Map.entry("ADMIN_SOCKET", quote(layout.sockets().resolve("admin.sock")))));
  }

  private String management() {
    String address = quote(instance.management());
    return instance
        .managementPassword()
        .map(file -> address + "\n    management-password: " + quote("file:" + file))
        .orElse(address);
  }

  private String shop() {
    List<String> lines = new ArrayList<>();
    String host = answers.isLocal() ? "127.0.0.1" : "0.0.0.0";
    lines.add("listen: " + quote(host + ":" + answers.pagePort()));
    if (answers.isLocal()) {
      lines.add("# A reverse proxy on this machine does TLS: docs/https.md.");
      lines.add("tls: off");
      lines.add("trusted-proxies: [\"127.0.0.1\"]");
    } else if (answers.certificate().isPresent()) {
      Answers.PageCertificate files = answers.certificate().get();
      lines.add(
          "tls: { certificate: %s, key: %s }"
              .formatted(quote(files.certificate()), quote(files.key())));
    } else {
      lines.add("# Without tls a certificate is made at the first start: good for a try at home.");
    }
    return lines.stream().map(line -> "  " + line).collect(Collectors.joining("\n"));
  }

  private String tunnelListen() {
    List<String> addresses = new ArrayList<>();
    addresses.add(instance.server().getHostAddress() + ":80");
    instance.server6().ifPresent(server -> addresses.add("[" + server.getHostAddress() + "]:80"));
    return addresses.stream().map(GatewayFiles::quote).collect(Collectors.joining(", ", "[", "]"));
  }

  /** YAML takes JSON's strings. */
  private static String quote(Object text) {
    return Json.writeText(text.toString());
  }

  /**
   * Has Hourgate's own reader and the script look at it, before anything is written.
   *
   * @throws org.hourgate.infrastructure.config.ConfigException with all that is wrong
   */
  void validate() throws IOException {
    Path draft = Files.createTempFile("hourgate", ".yaml");
    try {
      Files.writeString(draft, configuration());
      var _ = HourgateConfig.read(draft, Map.of(), Map.of());
    } finally {
      Files.delete(draft);
    }
    List<String> tried = setupArguments();
    tried.add("--dry-run");
    SetupScript.run(layout, tried, _ -> {});
  }

  /** A profile in which all but the customer is filled in. */
  String profile(String serverName, String ca, String tlsLines) {
    String template =
        ConfigTemplate.shipped(ConfigTemplate.CLIENT)
            .fill(
                Map.ofEntries(
                    Map.entry("NAME", "{{NAME}}"),
                    Map.entry("USERNAME", "{{USERNAME}}"),
                    Map.entry("PASSWORD", "{{PASSWORD}}"),
                    Map.entry("PROTO", instance.tcp() ? "tcp-client" : "udp"),
                    Map.entry("HOST", answers.host()),
                    Map.entry("PORT", Integer.toString(instance.port())),
                    Map.entry("EXIT_NOTIFY", instance.exitNotify()),
                    Map.entry("SERVER_NAME", serverName),
                    Map.entry("CA", ca.strip()),
                    Map.entry("TLS_KEY", tlsLines)));
    var _ = new ProfileTemplate(template);
    return template;
  }

  /** Writes them. */
  void write(Journal journal, String profile) throws IOException {
    journal.write(layout.configuration(), configuration(), "rw-r-----");
    byte[] key = new byte[KEY_LENGTH];
    new SecureRandom().nextBytes(key);
    journal.write(layout.gatewayKey(), HexFormat.of().formatHex(key) + "\n", "rw-------");
    journal.write(layout.profileTemplate(), profile, "rw-r--r--");
    if (program.isPresent()) {
      program.get().install(layout, journal);
    }
    if (!layout.isThisMachine()) {
      for (Path folder : List.of(layout.managementSocket().getParent(), layout.sockets())) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x---")));
      }
    }
  }

  /** Walls, forwarding, folders, units; and gives Hourgate's user what he has to read. */
  void setUp(Journal journal, PrintWriter out) throws IOException {
    Program.withoutParts(layout, journal.written()).forEach(path -> out.println("  wrote " + path));
    try {
      SetupScript.run(layout, setupArguments(), line -> out.println("  " + line));
    } finally {
      handOver(out); // Also where a step failed: the user is made before those.
    }
  }

  private List<String> setupArguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--unit",
                instance.unit(),
                "--device",
                instance.device(),
                "--port",
                Integer.toString(instance.port()),
                "--proto",
                instance.tcp() ? "tcp" : "udp",
                "--network4",
                instance.network().toString(),
                "--server4",
                instance.server().getHostAddress(),
                "--network6",
                instance.network6().orElse(NO_NETWORK6).toString(),
                "--server6",
                instance.server6().orElse(ServerFile.firstOf(NO_NETWORK6)).getHostAddress(),
                "--page-port",
                Integer.toString(answers.pagePort()),
                "--user",
                answers.user()));
    answers.wan().ifPresent(wan -> arguments.addAll(List.of("--wan", wan)));
    program.ifPresent(_ -> arguments.addAll(List.of("--program", Program.START)));
    answers.upload().ifPresent(rate -> arguments.addAll(List.of("--upload", rate)));
    answers.keepOff().forEach(block -> arguments.addAll(List.of("--keep-off", block)));
    return arguments;
  }

  /** The gate reads its configuration, and can't change it; its key has to be its own. */
  private void handOver(PrintWriter out) throws IOException {
    if (!layout.isThisMachine()) {
      return;
    }
    UserPrincipalLookupService names =
        layout.configuration().getFileSystem().getUserPrincipalLookupService();
    try {
      Files.getFileAttributeView(layout.configuration(), PosixFileAttributeView.class)
          .setGroup(names.lookupPrincipalByGroupName(answers.user()));
      Files.setOwner(layout.gatewayKey(), names.lookupPrincipalByName(answers.user()));
    } catch (UserPrincipalNotFoundException e) {
      out.println(
          "  There is no user and group %1$s yet: when there are, chgrp %1$s %2$s; chown %1$s %3$s"
              .formatted(answers.user(), layout.configuration(), layout.gatewayKey()));
    }
  }

  /** What to do now. */
  String nextSteps(String start) {
    List<String> steps = new ArrayList<>();
    String config = layout.isThisMachine() ? "" : " --config " + layout.configuration();
    if (answers.contract().isEmpty()) {
      steps.add(
          "hourgate deploy --rpc %s --chain-id %d --wallet-key-file owner.key"
              .formatted(answers.rpc().getFirst(), answers.chainId()));
      steps.add("write the address that it prints into " + layout.configuration() + ": contract");
    }
    steps.add(start);
    steps.add("hourgate check" + config);
    if (layout.isThisMachine() && layout.hasService() && Files.exists(SYSTEMD_RUNS)) {
      steps.add("systemctl enable --now hourgate");
    } else if (layout.isThisMachine() && !answers.user().equals("root")) {
      // OpenVPN lets nobody else near its socket, root neither.
      steps.add("runuser -u %s -- hourgate serve".formatted(answers.user()));
    } else {
      steps.add("hourgate serve" + config);
    }
    steps.add(
        "hourgate products add --price \"0.001 ether\" --duration 1h --wallet-key-file owner.key"
            + config);
    StringBuilder text = new StringBuilder("What to type next:\n");
    for (int i = 0; i < steps.size(); i++) {
      text.append("  %d. %s%n".formatted(i + 1, steps.get(i)));
    }
    text.append(
        "At home your router has to hand on %s port %d and tcp port %d to this machine%s.%n"
            .formatted(
                instance.tcp() ? "tcp" : "udp",
                instance.port(),
                answers.isLocal() ? 443 : answers.pagePort(),
                "; docs/deploy.md has that, certificates, names and reverse proxies"));
    if (program.isPresent() && Program.javaIsAtHome()) {
      text.append(
          "The service can't reach the Java that runs this, in a folder at home: it needs one in"
              + " /usr/lib/jvm or /opt.%n".formatted());
    }
    text.append(
        "`hourgate init --undo%s` takes all of this back."
            .formatted(layout.isThisMachine() ? "" : " --root " + layout.root()));
    return text.toString();
  }
}

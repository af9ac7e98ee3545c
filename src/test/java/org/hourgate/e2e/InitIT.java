package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.app.lab.LabGateway.LONG;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hourgate.app.install.InstallersServers;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.Output;
import org.hourgate.chain.HourgateContract;
import org.hourgate.testing.NamespaceRelay;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * From an empty folder, or from somebody's OpenVPN server, by {@code hourgate init} to a customer
 * who has paid and is connected. OpenVPN and the gate run from the very files that it wrote.
 */
final class InitIT {

  private static final String INTERNET = "192.0.2.80";

  private static LabNetwork network;
  private static Anvil anvil;
  private static HourgateContract contract;
  private static NamespaceRelay chain;
  private static Site site;

  @TempDir private Path folder;
  private final List<AutoCloseable> running = new ArrayList<>();
  private final List<LabProcess> processes = new ArrayList<>();

  @BeforeAll
  static void makeAHouse() {
    network = LabNetwork.create();
    anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
    contract =
        HourgateContract.deploy(
            anvil.rpc(), Anvil.CHAIN_ID, LabGateway.OWNER, LabGateway.OWNER.address());
    chain = NamespaceRelay.outOf(network.server(), anvil.port());
    // The internet is one site behind a router.
    Namespace internet = network.addClient();
    run(internet, "ip address add " + INTERNET + "/32 dev lo");
    run(network.server(), "ip route add default via " + internet.address());
    run(network.server(), "echo 1 > /proc/sys/net/ipv4/ip_forward");
    site = Site.open(internet, INTERNET, "the internet");
    contract.purchaseProduct(
        LabGateway.ALICE,
        contract.addProduct(LabGateway.OWNER, LabGateway.PRICE, Duration.ofHours(1)),
        LabGateway.PRICE);
  }

  @AfterAll
  static void takeItDown() throws Exception {
    site.close();
    chain.close();
    contract.close();
    anvil.close();
    network.close();
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : running.reversed()) {
      each.close();
    }
  }

  private static void run(Namespace where, String command) {
    try (LabProcess process =
        LabProcess.start(command, where.command(List.of("sh", "-c", command)))) {
      assertThat(process.awaitExit(LONG)).as(text(process)).isZero();
    }
  }

  private LabProcess start(String name, Namespace where, String... command) {
    LabProcess process = LabProcess.start(name, where.command(Arrays.asList(command)));
    running.add(process);
    processes.add(process);
    return process;
  }

  private static String text(LabProcess process) {
    return String.join("\n", process.output().lines().stream().map(Output.Line::text).toList());
  }

  private String init(String... more) throws Exception {
    return said(Cli.line(initArguments(more)));
  }

  /** What a command printed that had to succeed. */
  private String said(List<String> line) throws Exception {
    LabProcess process = LabProcess.start(line.getFirst(), line);
    try (process) {
      assertThat(process.awaitExit(LONG)).as(text(process)).isZero();
    }
    return text(process);
  }

  private String[] initArguments(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "init",
                "--yes",
                "--root",
                folder.toString(),
                "--rpc",
                anvil.rpc().toString(),
                "--chain-id",
                Long.toString(Anvil.CHAIN_ID),
                "--contract",
                contract.address().checksummed(),
                "--host",
                network.server().address(),
                "--user",
                "root"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** As {@code bin/hourgate} of a checkout starts it; that one would build first. */
  private List<String> program(Path home, String... arguments) {
    List<String> line = new ArrayList<>(List.of(home.resolve("bin/hourgate").toString()));
    line.addAll(List.of(arguments));
    return line;
  }

  private Path builtProgram() throws IOException {
    Path home = written("checkout");
    copy(Path.of("bin"), home.resolve("bin"));
    copy(Path.of("scripts"), home.resolve("scripts"));
    copy(Path.of("target/lib"), home.resolve("lib"));
    Files.copy(Path.of("target/hourgate.jar"), home.resolve("hourgate.jar"));
    return home;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private Path written(String path) {
    return folder.resolve(path);
  }

  @Test
  void leadsFromAnEmptyFolderToAConnectedCustomer() throws Exception {
    URI page = URI.create("http://127.0.0.1:" + LabGateway.freePort());
    String said = init("--public-url", page.toString());

    assertThat(said).contains("What to type next:", "hourgate check --config");
    LabProcess customer = connect(page, written("etc/openvpn/server/gate.conf"), "10.88.0.1");
    Namespace home = network.addClient(); // Somebody outside: nothing of the tunnel is his.
    assertThat(Site.ask(home, "10.88.0.1", 80)).isEmpty();
    assertThat(customer.isAlive()).isTrue();
  }

  /** Without the package: the program is put where a service can run it, and the service beside. */
  @Test
  void installsTheProgramOfACheckoutAsAService() throws Exception {
    URI page = URI.create("http://127.0.0.1:" + LabGateway.freePort());
    Path checkout = builtProgram();
    List<String> closed = new ArrayList<>(List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"));
    closed.addAll(program(checkout, initArguments("--public-url", page.toString())));
    String said = said(closed);
    Path installed = written("usr/local/lib/hourgate");
    assertThat(said).contains("wrote " + installed.resolve("bin/hourgate")).doesNotContain(".jar");
    for (Path needed : List.of(installed, installed.resolve("lib"), written("etc/hourgate"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(needed)))
          .as("%s, for the gate's user", needed)
          .isEqualTo("rwxr-xr-x");
    }
    assertThat(verified("hourgate", "hourgate-walls", "hourgate-walls-follow")).isEmpty();
    assertThat(Files.readAllLines(written("etc/systemd/system/hourgate.service")))
        .contains("User=root", "Group=root", "ExecStart=/usr/local/lib/hourgate/bin/hourgate serve")
        .containsAll(
            Files.readAllLines(Path.of("openvpn-conf/hourgate.service")).stream()
                .filter(line -> !line.matches("(User|Group|ExecStart|ExecReload)=.*"))
                .toList());

    // Whoever builds in the checkout, or throws it away, takes nothing from under the service.
    said(program(checkout, "init", "--upgrade", "--root", folder.toString()));
    assertThat(installed.resolve("hourgate.jar"))
        .hasSameBinaryContentAs(checkout.resolve("hourgate.jar"));
    Files.move(checkout, folder.resolve("away"));
    String undone =
        said(
            List.of(
                written("usr/local/bin/hourgate").toString(),
                "init",
                "--undo",
                "--yes",
                "--root",
                folder.toString()));

    assertThat(undone).contains("removed " + written("usr/local/bin/hourgate"));
    try (Stream<Path> left = Files.walk(folder)) {
      assertThat(left.filter(Files::isRegularFile))
          .allMatch(file -> file.startsWith(folder.resolve("away")));
    }
    assertThat(installed).doesNotExist();
  }

  /** On a machine with a systemd, from the first command to the last. */
  @Test
  void sellsFromACheckoutThatIsThrownAway() throws Exception {
    try (DebianMachine debian = DebianMachine.boot(network.server(), folder)) {
      debian.ok("mkdir", "/usr/lib/jvm");
      said(List.of("cp", "-r", System.getProperty("java.home"), debian.file("/usr/lib/jvm") + ""));
      said(List.of("cp", "-r", builtProgram().toString(), debian.file("/srv/hourgate") + ""));
      String said =
          debian.ok(
              "/srv/hourgate/bin/hourgate",
              "init",
              "--yes",
              "--public-url",
              "https://vpn.example.org:8443",
              "--rpc",
              anvil.rpc().toString(),
              "--chain-id",
              Long.toString(Anvil.CHAIN_ID),
              "--contract",
              contract.address().checksummed());
      assertThat(said).contains("systemctl enable --now hourgate\n").doesNotContain("failed");
      assertThat(debian.ok("stat", "--format=%a %U %G", "/etc/hourgate/hourgate.yaml"))
          .isEqualTo("640 root hourgate");
      assertThat(debian.ok("stat", "--format=%a %U", "/etc/hourgate/gateway.key"))
          .isEqualTo("600 hourgate");
      String unit = "/etc/systemd/system/hourgate.service";
      assertThat(debian.ok("systemd-analyze", "verify", "--man=no", unit)).isEmpty();
      debian.ok("rm", "-r", "/srv/hourgate");

      debian.ok("systemctl", "enable", "--now", "openvpn-server@gate");
      debian.ok("systemctl", "enable", "--now", "hourgate"); // Until it is ready.
      assertThat(debian.ok("/usr/local/bin/hourgate", "sessions")).contains("Nobody is online");
      debian.ok("systemctl", "reload", "hourgate");
      assertThat(asTheGate(debian, "cat /etc/hourgate/hourgate.yaml")).isZero();
      assertThat(asTheGate(debian, "echo >>/etc/hourgate/hourgate.yaml")).isNotZero();
      assertThat(asTheGate(debian, "rm -f /etc/hourgate/hourgate.yaml")).isNotZero();

      debian.ok("/usr/local/bin/hourgate", "init", "--undo", "--yes");
      assertThat(debian.property("hourgate.service", "LoadState")).isEqualTo("not-found");
      assertThat(debian.property("hourgate.service", "ActiveState")).isEqualTo("inactive");
      assertThat(debian.ok("find", "/usr/local/bin", "/usr/local/lib", "-type", "f,l")).isEmpty();
      assertThat(debian.file("/etc/hourgate")).doesNotExist();
    }
  }

  private static int asTheGate(DebianMachine debian, String command) throws IOException {
    return debian.run("runuser", "-u", "hourgate", "--", "sh", "-c", command).exitCode();
  }

  /** What systemd has to say of units, which name programs as if the folder were the root. */
  private String verified(String... units) throws Exception {
    List<String> line = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
    Path copies = Files.createDirectories(written("verified"));
    for (String unit : units) {
      String text = Files.readString(written("etc/systemd/system/" + unit + ".service"));
      line.add(
          Files.writeString(
                  copies.resolve(unit + ".service"),
                  text.replace("=/usr/local/", "=" + folder + "/usr/local/"))
              .toString());
    }
    String said = said(line);
    for (Path copy : line.stream().skip(3).map(Path::of).toList()) {
      Files.delete(copy);
    }
    return said;
  }

  @Test
  void fitsBesideAServerOfAnInstaller() throws Exception {
    Path server = InstallersServers.angristan(Files.createDirectories(written("existing")));
    String before = Files.readString(server);
    URI page = URI.create("http://127.0.0.1:" + LabGateway.freePort());
    init("--public-url", page.toString(), "--existing", server.toString());

    connect(page, server, "10.8.0.1");

    Cli.Result undone = Cli.run("init", "--undo", "--yes", "--root", folder.toString());
    assertThat(undone.exitCode()).as(undone.out() + undone.err()).isZero();
    assertThat(Files.readString(server)).isEqualTo(before);
    assertThat(written("etc/hourgate")).doesNotExist();
  }

  /** Starts everything as a seller would, and a customer who has paid. */
  private LabProcess connect(URI page, Path serverConfiguration, String tunnelAddress)
      throws Exception {
    Namespace server = network.server();
    String config = written("etc/hourgate/hourgate.yaml").toString();
    // In its own folder, as the unit does: installers' files name others without one.
    LabProcess openVpn =
        start(
            "openvpn",
            server,
            "openvpn",
            "--cd",
            serverConfiguration.resolveSibling("").toString(),
            "--config",
            serverConfiguration.toString());
    openVpn.output().await("MANAGEMENT: unix domain socket listening on", LONG);
    run(
        server,
        "%s start %s"
            .formatted(
                written("usr/local/lib/hourgate/walls.sh"), written("etc/hourgate/walls.conf")));
    LabProcess check =
        start(
            "hourgate check", server, Cli.line("check", "--config", config).toArray(String[]::new));
    assertThat(check.awaitExit(LONG)).as(text(check)).isZero();
    assertThat(text(check)).contains("0 to change, 0 did not answer");
    running.add(NamespaceRelay.into(server, page.getPort()));
    LabProcess gate =
        start(
            "hourgate serve", server, Cli.line("serve", "--config", config).toArray(String[]::new));
    gate.output().await(0, "the line ready", "ready"::equals, LONG);

    Namespace home = network.addClient();
    Path profile = Files.writeString(folder.resolve("alice.ovpn"), profile(page));
    LabProcess client = start("openvpn client", home, "openvpn", "--config", profile.toString());
    client.output().await("Initialization Sequence Completed", LONG);
    // It was told to send everything through the tunnel.
    assertThat(Site.ask(home, INTERNET, 80)).isEqualTo("the internet sees " + server.address());
    assertThat(Site.ask(home, tunnelAddress, 80)).startsWith("HTTP/1.1 200");
    return client;
  }

  /** What a customer downloads. */
  private String profile(URI page) throws Exception {
    Path key = folder.resolve("alice.key");
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, Anvil.privateKey(1) + "\n");
    Path login = folder.resolve("alice.login");
    Cli.Result signed =
        Cli.run(
            "login",
            "--kind",
            "device",
            "--url",
            page.toString(),
            "--wallet-key-file",
            key.toString(),
            "--out",
            login.toString());
    assertThat(signed.exitCode()).as(signed.out() + signed.err()).isZero();
    List<String> lines = Files.readAllLines(login);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(page.resolve("/api/profile"))
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          JsonMapper.shared()
                              .writeValueAsString(
                                  Map.of("username", lines.get(0), "password", lines.get(1)))))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return response.body();
    }
  }
}

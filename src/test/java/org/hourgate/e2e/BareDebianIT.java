package org.hourgate.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.app.lab.LabGateway.ALICE;
import static org.hourgate.app.lab.LabGateway.LONG;
import static org.hourgate.app.lab.LabGateway.OWNER;
import static org.hourgate.app.lab.LabGateway.PRICE;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Namespace;
import org.hourgate.chain.HourgateContract;
import org.hourgate.testing.NamespaceRelay;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * A bare Debian with a systemd, a network and a firewall of its own: package, {@code hourgate
 * init}, the commands that it names, a customer from outside; a reboot; and all of it taken back.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BareDebianIT {

  private static final String GATE = "hourgate.service";
  private static final String OPENVPN = "openvpn-server@gate.service";
  private static final String WALLS = "hourgate-walls.service";

  private static final String SELLER = "10.99.255.2";
  private static final String INTERNET = "192.0.2.80";
  private static final String HOME_COMPUTER = "192.168.77.3";
  private static final URI PAGE = URI.create("https://" + SELLER + ":8443");
  private static final Pattern STEP = Pattern.compile("(?m)^ +\\d+\\. (.*)$");

  @TempDir static Path work;

  private static LabNetwork network;
  private static Anvil anvil;
  private static HourgateContract contract;
  private static NamespaceRelay chain;
  private static DebianMachine debian;
  private static Namespace home;
  private static List<String> filesBefore = List.of();
  private static @Nullable LabProcess client;
  private static final List<Site> sites = new ArrayList<>();

  /**
   * The lab's server is the street: the internet, a chain, and the wire to seller and customers.
   */
  @BeforeAll
  static void boot() throws Exception {
    network = LabNetwork.create();
    anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
    contract = HourgateContract.deploy(anvil.rpc(), Anvil.CHAIN_ID, OWNER, OWNER.address());
    contract.purchaseProduct(ALICE, contract.addProduct(OWNER, PRICE, Duration.ofHours(1)), PRICE);
    Namespace street = network.server();
    chain = NamespaceRelay.outOf(street, InetAddress.ofLiteral(street.address()), anvil.port());
    in(street, "ip address add " + INTERNET + "/32 dev lo");
    Namespace homeComputer = network.addClient();
    in(homeComputer, "ip address add " + HOME_COMPUTER + "/24 dev wire");
    sites.add(Site.open(street, INTERNET, "the internet"));
    sites.add(Site.open(homeComputer, HOME_COMPUTER, "home"));
    home = network.addClient();

    debian = DebianMachine.bootAlone(work);
    debian.write(
        "/etc/systemd/network/eth0.network",
        """
        [Match]
        Name=eth0
        [Network]
        Address=%s/16
        Address=192.168.77.2/24
        Gateway=%s
        """
            .formatted(SELLER, street.address()));
    debian.ok("systemctl", "enable", "--now", "systemd-networkd");
    debian.plugInto(street);
    debian.ok("/lib/systemd/systemd-networkd-wait-online", "--timeout=60");
    filesBefore = debian.files();
  }

  @AfterAll
  static void stop() throws Exception {
    if (client != null) {
      client.close();
    }
    if (debian != null) {
      debian.close();
    }
    for (Site site : sites) {
      site.close();
    }
    chain.close();
    contract.close();
    anvil.close();
    network.close();
  }

  private static void in(Namespace where, String command) {
    DebPackage.run(where.command(List.of("sh", "-c", command)));
  }

  private static void assertCustomerReachesTheInternetAndNotTheHouse() {
    assertThat(Site.ask(home, INTERNET, 80)).isEqualTo("the internet sees " + SELLER);
    assertThat(Site.ask(home, "10.88.0.1", 80)).startsWith("HTTP/1.1 200");
    assertThat(Site.ask(home, HOME_COMPUTER, 80)).isEmpty();
    assertThat(Site.ask(home, "192.168.77.2", 8443)).isEmpty();
  }

  private static LabProcess client() {
    return Objects.requireNonNull(client);
  }

  private static void awaitActive(String unit) {
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(debian.property(unit, "ActiveState")).isEqualTo("active"));
  }

  private static long moment(String unit, String property) throws IOException {
    long moment = Long.parseLong(debian.property(unit, property + "TimestampMonotonic"));
    assertThat(moment).as("%s of %s", property, unit).isPositive();
    return moment;
  }

  /** What a customer does who has paid: signs, takes a profile, connects. */
  private static LabProcess connect() throws Exception {
    Path key = work.resolve("alice.key");
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, Anvil.privateKey(1) + "\n");
    Path login = work.resolve("alice.login");
    DebPackage.run(
        home.command(
            Cli.line(
                "login",
                "--insecure",
                "--kind",
                "device",
                "--url",
                PAGE.toString(),
                "--wallet-key-file",
                key.toString(),
                "--out",
                login.toString())));
    List<String> lines = Files.readAllLines(login);
    Map<String, String> question = Map.of("username", lines.get(0), "password", lines.get(1));
    String profile = home.call(() -> post("/api/profile", question));
    Path file = Files.writeString(work.resolve("alice.ovpn"), profile);
    LabProcess started =
        LabProcess.start(
            "openvpn client", home.command(List.of("openvpn", "--config", file.toString())));
    started.output().await("Initialization Sequence Completed", LONG);
    return started;
  }

  /** By a connection of this very thread, which is in the customer's namespace. */
  private static String post(String path, Map<String, String> question) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    HttpsURLConnection connection =
        (HttpsURLConnection) PAGE.resolve(path).toURL().openConnection();
    connection.setSSLSocketFactory(tls.getSocketFactory());
    connection.setHostnameVerifier((_, _) -> true);
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    try (OutputStream out = connection.getOutputStream()) {
      out.write(JsonMapper.shared().writeValueAsBytes(question));
    }
    try (var in = connection.getInputStream()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  @Order(1)
  void initAndTheCommandsThatItNamesLeadToAConnectedCustomer() throws Exception {
    Files.copy(DebPackage.ofThisBuild(), debian.file("/run/hourgate.deb"));
    debian.ok("dpkg", "-i", "/run/hourgate.deb");

    String said =
        debian.ok(
            "hourgate",
            "init",
            "--yes",
            "--public-url",
            PAGE.toString(),
            "--rpc",
            "http://" + network.server().address() + ":" + anvil.port(),
            "--chain-id",
            Long.toString(Anvil.CHAIN_ID),
            "--contract",
            contract.address().checksummed());
    List<String> steps = STEP.matcher(said).results().map(step -> step.group(1)).toList();
    assertThat(steps)
        .contains("systemctl enable --now openvpn-server@gate", "systemctl enable --now hourgate");
    for (String step : steps) {
      if (!step.startsWith("hourgate products")) { // One is on sale.
        debian.ok("sh", "-c", step);
      }
    }

    assertThat(Site.ask(network.server(), HOME_COMPUTER, 80)).isEmpty(); // It has no way there.
    client = connect();
    assertCustomerReachesTheInternetAndNotTheHouse();
    assertThat(debian.ok("hourgate", "sessions")).contains(ALICE.address().checksummed());
  }

  /** Its cable is out until we have looked: the walls wait for the internet, OpenVPN for them. */
  @Test
  @Order(2)
  void afterARebootTheWallsStandBeforeAnybodyIsLetIn() throws Exception {
    int mark = client().output().mark();
    debian.reboot();

    await()
        .atMost(LONG)
        .untilAsserted(
            () -> assertThat(debian.ok("systemctl", "list-jobs")).contains(WALLS, OPENVPN));
    assertThat(debian.property(OPENVPN, "ActiveState")).isEqualTo("inactive");
    assertThat(debian.ok("nft", "list", "ruleset")).isEmpty();

    debian.plugInto(network.server());
    awaitActive(WALLS);
    awaitActive(OPENVPN);
    // It takes away rules of routing that it does not know.
    debian.ok("systemctl", "restart", "systemd-networkd");
    for (String family : List.of("-4", "-6")) {
      assertThat(debian.ok("ip", family, "rule")).contains("iif tun-gate");
    }
    assertThat(moment(WALLS, "ActiveEnter")).isLessThan(moment(OPENVPN, "InactiveExit"));
    awaitActive(GATE);
    // It may have begun an attempt while nobody was there, and has a minute of patience for each.
    client().output().await(mark, "Initialization Sequence Completed", LONG.multipliedBy(3));
    assertCustomerReachesTheInternetAndNotTheHouse();
  }

  @Test
  @Order(4)
  void undoAndPurgeLeaveNothing() throws Exception {
    String said = debian.ok("hourgate", "init", "--undo", "--yes");
    Matcher left = Pattern.compile("is left: (systemctl .*)").matcher(said);
    assertThat(left.find()).as(said).isTrue();
    debian.ok("sh", "-c", left.group(1));
    debian.ok("dpkg", "--purge", "hourgate");

    List<String> more = new ArrayList<>(debian.files());
    more.removeAll(filesBefore);
    assertThat(more).isEmpty();
    assertThat(debian.ok("nft", "list", "ruleset")).isEmpty();
    for (String family : List.of("-4", "-6")) {
      assertThat(debian.ok("ip", family, "rule")).doesNotContain("tun-gate");
    }
    assertThat(debian.ok("systemctl", "list-units", "--all", "--plain", "--no-legend"))
        .doesNotContain("hourgate");
    assertThat(debian.run("getent", "passwd", "hourgate").exitCode()).isNotZero();
  }
}

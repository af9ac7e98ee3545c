package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.app.lab.LabGateway.ALICE;
import static org.hourgate.app.lab.LabGateway.BOB;
import static org.hourgate.app.lab.LabGateway.LONG;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.testing.NamespaceRelay;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The package on a Debian of its own, with a real systemd, beside Debian's OpenVPN unit: installed,
 * configured, used by customers, hurt, removed, purged. No Java is installed there.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class PackageIT {

  private static final String GATE = "hourgate.service";
  private static final String OPENVPN = "openvpn-server@gate.service";

  /** TimeoutStopSec: after it systemd kills. */
  private static final Duration TIME_TO_STOP = Duration.ofSeconds(10);

  @TempDir static Path work;

  private static Path deb;
  private static LabGateway house;
  private static NamespaceRelay chain;
  private static NamespaceRelay shop;
  private static DebianMachine debian;
  private static List<String> filesBefore = List.of();
  private static @Nullable Visit alice;

  @BeforeAll
  static void buildAndBoot() throws Exception {
    deb = DebPackage.ofThisBuild();
    house = LabGateway.create();
    house.server().stop(); // Debian's unit runs it.
    chain = NamespaceRelay.outOf(house.network().server(), house.anvil().port());
    shop = NamespaceRelay.into(house.network().server(), house.shop().getPort());
    debian = DebianMachine.boot(house.network().server(), work);
    configureOpenVpn();
  }

  @AfterAll
  static void stop() throws Exception {
    if (alice != null) {
      alice.close();
    }
    if (debian != null) {
      debian.close();
    }
    if (house != null) {
      shop.close();
      chain.close();
      house.close();
    }
  }

  /** The server that the lab's clients know, as a seller writes it for Debian's unit. */
  private static void configureOpenVpn() throws IOException {
    Path folder = house.network().directory();
    String lab = Files.readString(folder.resolve("udp.conf"));
    debian.write(
        "/etc/openvpn/server/gate.conf",
        lab.replaceAll("(?m)^management /.*", "management /run/openvpn-server/gate.sock unix")
            .replaceAll("(?m)^management-client-user .*", "management-client-user hourgate")
            .replace(folder + "/", "/etc/openvpn/server/"));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(
            file,
            debian.file("/etc/openvpn/server/" + file.getFileName()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static void configureTheGate() throws IOException {
    debian.write(
        "/etc/hourgate/hourgate.yaml",
        """
        gateway: { public-url: "%s", key: "file:/var/lib/hourgate/gateway.key" }
        openvpn: [{ name: udp, management: "unix:/run/openvpn-server/gate.sock" }]
        chain: { id: %d, rpc: "%s", contract: "%s", poll: 200ms }
        shop: { listen: "127.0.0.1:%d", tls: off, tunnel-listen: "10.88.0.1:80" } # As of init: below 1024.
        """
            .formatted(
                house.shop(),
                Anvil.CHAIN_ID,
                house.anvil().rpc(),
                house.contract().address().checksummed(),
                house.shop().getPort()));
    debian.ok("chgrp", "hourgate", "/etc/hourgate/hourgate.yaml");
    debian.ok("chmod", "640", "/etc/hourgate/hourgate.yaml");
  }

  private static Duration between(String one, String other) throws IOException {
    return moment(other).minus(moment(one));
  }

  private static Duration moment(String name) throws IOException {
    return Duration.of(
        Long.parseLong(debian.property(GATE, name + "TimestampMonotonic")), ChronoUnit.MICROS);
  }

  private static void awaitState(String unit, String state) {
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(debian.property(unit, "ActiveState")).isEqualTo(state));
  }

  private static void awaitStatus(String words) {
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(debian.property(GATE, "StatusText")).contains(words));
  }

  private static Visit alice() {
    return Objects.requireNonNull(alice);
  }

  private static int restarts() throws IOException {
    return Integer.parseInt(debian.property(GATE, "NRestarts"));
  }

  @Test
  @Order(1)
  void twoBuildsAreTheSameByteForByte() throws Exception {
    Path again = DebPackage.buildFromNothing(work.resolve("second"));

    assertThat(Files.mismatch(deb, again)).isEqualTo(-1);
  }

  @Test
  @Order(1)
  void lintianHasNothingToSay() {
    assertThat(
            DebPackage.run(
                List.of(
                    "lintian",
                    "--allow-root",
                    "--fail-on",
                    "error,warning",
                    "--tag-display-limit",
                    "0",
                    deb.toString())))
        .filteredOn(line -> line.matches("[EW]: .*"))
        .isEmpty();
  }

  @Test
  @Order(2)
  void installsWithoutJavaAndDoesNothingBeforeItIsConfigured() throws Exception {
    filesBefore = debian.files();
    Files.copy(deb, debian.file("/run/hourgate.deb"));
    debian.ok("dpkg", "-i", "/run/hourgate.deb");

    assertThat(debian.run("sh", "-c", "command -v java").exitCode()).isNotZero();
    assertThat(debian.ok("hourgate", "version")).startsWith("hourgate ");
    assertThat(debian.ok("systemctl", "is-enabled", GATE)).isEqualTo("enabled");
    assertThat(debian.property(GATE, "ActiveState")).isEqualTo("inactive");
    assertThat(debian.property(GATE, "ConditionResult")).isEqualTo("no");
    assertThat(debian.ok("man", "hourgate")).contains("hourgate kill", "--reason", "EXIT STATUS");
    assertThat(
            debian.ok(
                "bash",
                "-c",
                ". /usr/share/bash-completion/bash_completion; _completion_loader hourgate; complete -p hourgate"))
        .contains("hourgate");
    assertThat(debian.ok("stat", "--format=%a %U %G", "/etc/hourgate"))
        .isEqualTo("750 root hourgate");
  }

  @Test
  @Order(3)
  void theUnitIsSoundAndKeepsToItself() throws Exception {
    String unit = "/usr/lib/systemd/system/hourgate.service";

    assertThat(debian.ok("systemd-analyze", "verify", "--man=yes", unit)).isEmpty();
    // 15 is 1.5 of 10.
    debian.ok("systemd-analyze", "security", "--offline=true", "--threshold=15", unit);
  }

  @Test
  @Order(4)
  void usesTheArchiveThatThePackageBrings() throws Exception {
    String on = "JAVA_OPTS=-XX:AOTMode=on -Xlog:class+load=info:stdout";

    assertThat(debian.ok("env", on, "hourgate", "version"))
        .containsPattern("org\\.hourgate\\.app\\.Main source: shared objects file");
  }

  /** The order in which {@code init} says to start them. */
  @Test
  @Order(4)
  void openVpnIsUpBeforeThereIsAGate() throws Exception {
    String dropIn = Files.readString(Path.of("openvpn-conf/openvpn-server.dropin.conf"));
    Files.createDirectories(debian.file("/run/systemd/system/openvpn-server@gate.service.d"));
    debian.write(
        "/run/systemd/system/openvpn-server@gate.service.d/hourgate.conf",
        dropIn.replaceAll("(?m)^(Requires|After)=hourgate-walls.service$", "")); // See WallsIT.
    debian.ok("systemctl", "daemon-reload");

    debian.ok("systemctl", "start", OPENVPN);

    assertThat(debian.property(OPENVPN, "ActiveState")).isEqualTo("active");
    debian.ok("systemctl", "stop", OPENVPN);
  }

  @Test
  @Order(5)
  void isReadyOnceOpenVpnIsThere() throws Exception {
    configureTheGate();
    debian.ok("systemctl", "start", "--no-block", GATE);

    awaitStatus("Not ready: openvpn-udp");
    assertThat(debian.property(GATE, "ActiveState")).isEqualTo("activating");

    debian.ok("systemctl", "start", OPENVPN);
    awaitState(GATE, "active");
    awaitStatus("0 sessions; head of the chain");
    assertThat(debian.property(GATE, "User")).isEqualTo("hourgate");
    // A new run of openvpn's own tmpfiles takes the way to the socket from nobody.
    debian.ok("systemd-tmpfiles", "--create", "openvpn.conf");
    debian.ok("systemctl", "restart", GATE);
  }

  @Test
  @Order(6)
  void decidesForRealClients() throws Exception {
    OpenVpnClient bob = house.client(BOB, "login").start();
    bob.output().await("[no_time]", LONG);
    bob.close();

    house.buy(ALICE, Duration.ofHours(2));
    alice = Visit.begin(house.server(), house.client(ALICE, "device"));

    awaitStatus("1 session;");
    assertThat(debian.ok("hourgate", "sessions")).contains(ALICE.address().checksummed());
  }

  @Test
  @Order(7)
  void aReloadIsOverWhenSystemctlReturns() throws Exception {
    String yaml = Files.readString(debian.file("/etc/hourgate/hourgate.yaml"));
    debian.write(
        "/etc/hourgate/hourgate.yaml", yaml.replace("gateway: {", "gateway: { name: New,"));
    debian.ok("systemctl", "reload", GATE);
    assertThat(debian.property(GATE, "ActiveState")).isEqualTo("active");

    debian.write("/etc/hourgate/hourgate.yaml", yaml + "nonsense: 1\n");
    assertThat(debian.run("systemctl", "reload", GATE).exitCode()).isNotZero();
    assertThat(debian.property(GATE, "ActiveState")).isEqualTo("active");

    debian.write("/etc/hourgate/hourgate.yaml", yaml);
    debian.ok("systemctl", "reload", GATE);
    assertThat(restarts()).isZero();
  }

  @Test
  @Order(8)
  void isKilledWhenItHangsAndComesBack() throws Exception {
    Files.createDirectories(debian.file("/run/systemd/system/hourgate.service.d"));
    debian.write(
        "/run/systemd/system/hourgate.service.d/impatient.conf",
        "[Service]\nWatchdogSec=5\nTimeoutAbortSec=1\n");
    debian.ok("systemctl", "daemon-reload");
    debian.ok("systemctl", "restart", GATE);
    int before = restarts();
    String hanging = debian.property(GATE, "MainPID");

    debian.ok("sh", "-c", "kill -STOP " + hanging);

    await().atMost(LONG).untilAsserted(() -> assertThat(restarts()).isGreaterThan(before));
    awaitState(GATE, "active");
    awaitStatus("1 session;");
    assertThat(debian.property(GATE, "MainPID")).isNotEqualTo(hanging);
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(debian.ok("journalctl", "--unit", GATE, "--no-pager"))
                    .contains("Watchdog timeout (limit 5s)"));
    alice().assertUndisturbed();
    Files.delete(debian.file("/run/systemd/system/hourgate.service.d/impatient.conf"));
    debian.ok("systemctl", "daemon-reload");
  }

  @Test
  @Order(9)
  void isStartedAgainAfterItRanOutOfMemory() throws Exception {
    debian.write("/etc/default/hourgate", "JAVA_OPTS=-Xms12m -Xmn4m -Xmx12m\n");
    debian.ok("systemctl", "restart", "--no-block", GATE);

    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              assertThat(debian.ok("journalctl", "--unit", GATE, "--no-pager"))
                  .contains("java.lang.OutOfMemoryError");
              assertThat(restarts()).isPositive();
            });
    debian.write("/etc/default/hourgate", "");
    awaitState(GATE, "active");

    awaitStatus("1 session;");
    alice().assertUndisturbed();
  }

  @Test
  @Order(10)
  void isNotStartedAgainWithAWrongConfiguration() throws Exception {
    String yaml = Files.readString(debian.file("/etc/hourgate/hourgate.yaml"));
    debian.write("/etc/hourgate/hourgate.yaml", yaml + "nonsense: 1\n");

    assertThat(debian.run("systemctl", "restart", GATE).exitCode()).isNotZero();
    awaitState(GATE, "failed");
    assertThat(debian.property(GATE, "ExecMainStatus")).isEqualTo("3");
    assertThat(restarts()).isZero();

    debian.write("/etc/hourgate/hourgate.yaml", yaml);
    debian.ok("systemctl", "restart", GATE);
    awaitStatus("1 session;");
  }

  @Test
  @Order(11)
  void anUpgradeLosesNobody() throws Exception {
    String before = debian.property(GATE, "MainPID");
    debian.ok("dpkg", "-i", "--force-confold", "/run/hourgate.deb");

    awaitState(GATE, "active");
    awaitStatus("1 session;");
    assertThat(debian.property(GATE, "MainPID")).isNotEqualTo(before);
    alice().assertUndisturbed();
  }

  @Test
  @Order(12)
  void endsByItselfAndLeavesSessionsAlone() throws Exception {
    String life = debian.property(GATE, "InvocationID");
    debian.ok("systemctl", "stop", GATE);

    assertThat(debian.property(GATE, "Result")).isEqualTo("success");
    assertThat(debian.property(GATE, "ExecMainStatus")).isEqualTo("0");
    Duration took = between("ActiveExit", "InactiveEnter");
    System.out.println("systemctl stop: " + took.toMillis() + " ms");
    // It promises two seconds; on a busy machine systemd's own patience is the limit.
    assertThat(took).isLessThan(TIME_TO_STOP);
    debian.ok("journalctl", "--sync"); // It reads what was said a moment later.
    assertThat(
            debian.ok(
                "journalctl",
                "--no-pager",
                "_SYSTEMD_INVOCATION_ID=" + life,
                "+",
                "INVOCATION_ID=" + life))
        .contains("ending; sessions go on")
        .doesNotContain("timed out", "Killing process");
    // Folders of mode: script are in it.
    assertThat(debian.file("/run/hourgate")).isDirectory();
    debian.ok("systemctl", "start", GATE);
    awaitStatus("1 session;");
    alice().assertUndisturbed();
  }

  @Test
  @Order(13)
  void isRemovedAndLeavesItsFilesAndItsCustomers() throws Exception {
    debian.ok("dpkg", "--remove", "hourgate");

    assertThat(debian.run("systemctl", "is-active", GATE).exitCode()).isNotZero();
    assertThat(debian.file("/etc/hourgate/hourgate.yaml")).exists();
    assertThat(debian.file("/var/lib/hourgate/gateway.key")).exists();
    alice().assertUndisturbed();
  }

  @Test
  @Order(14)
  void aPurgeLeavesNothing() throws Exception {
    debian.ok("dpkg", "--purge", "hourgate");

    assertThat(debian.files()).isSubsetOf(filesBefore);
    assertThat(debian.run("getent", "passwd", "hourgate").exitCode()).isNotZero();
    assertThat(debian.run("getent", "group", "hourgate").exitCode()).isNotZero();
    assertThat(debian.file("/run/hourgate")).doesNotExist();
  }
}

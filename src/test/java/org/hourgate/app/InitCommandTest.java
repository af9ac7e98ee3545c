package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hourgate.app.check.ServerFile;
import org.hourgate.app.install.InstallersServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What {@code init} writes, leaves alone and takes back. That it works: {@code InitIT}. */
final class InitCommandTest {

  private static final String CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void writesWhatCheckFindsNothingToChangeIn() throws IOException {
    assertThat(init("--contract", CONTRACT)).as(err.toString()).isZero();

    assertThat(rights("etc/hourgate/gateway.key")).isEqualTo("rw-------");
    assertThat(rights("etc/hourgate/hourgate.yaml")).isEqualTo("rw-r-----");
    assertThat(rights("etc/openvpn/server/gate/server.key")).isEqualTo("rw-------");
    assertThat(rights("etc/openvpn/server/gate/tls-crypt-v2.key")).isEqualTo("rw-------");
    assertThat(folder.resolve("etc/systemd/system/hourgate-walls.service")).exists();
    assertThat(out.toString()).contains("What to type next:\n  1. openvpn --config ");

    int code =
        run(
            "check",
            "--config",
            folder.resolve("etc/hourgate/hourgate.yaml").toString(),
            "--openvpn-config",
            folder.resolve("etc/openvpn/server/gate.conf").toString());
    assertThat(code).as("unreachable alone: nothing runs yet").isEqualTo(4);
    assertThat(out.toString())
        .contains(" 0 to change,")
        .containsPattern("ok +openvpn gate configuration +is as it should be")
        .containsPattern("ok +openvpn gate profile-template ");
  }

  @Test
  void overwritesNothing() throws IOException {
    assertThat(init("--contract", CONTRACT)).isZero();
    Map<String, String> before = tree();

    assertThat(init("--contract", CONTRACT, "--port", "1195")).isEqualTo(1);

    assertThat(err.toString()).contains("nothing was changed", "gate.conf", "hourgate init --undo");
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void overwritesNothingOfSomebodyElse() throws IOException {
    Path server = folder.resolve("etc/openvpn/server/gate.conf");
    Files.createDirectories(server.getParent());
    Files.writeString(server, "mine\n");

    assertThat(init("--contract", CONTRACT)).isEqualTo(1);

    assertThat(tree()).containsOnlyKeys("etc/openvpn/server/gate.conf");
    assertThat(Files.readString(server)).isEqualTo("mine\n");
  }

  @Test
  void takesEverythingBackButWhatWasChangedSince() throws IOException {
    assertThat(init("--contract", CONTRACT)).isZero();
    Path server = folder.resolve("etc/openvpn/server/gate.conf");
    Files.writeString(server, "max-clients 50\n", StandardOpenOption.APPEND);

    assertThat(run("init", "--undo", "--yes", "--root", folder.toString())).isZero();

    assertThat(out.toString()).contains("left alone, it was changed since: " + server);
    assertThat(tree()).containsOnlyKeys("etc/openvpn/server/gate.conf");
    assertThat(run("init", "--undo", "--yes", "--root", folder.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("nothing to undo");
  }

  @Test
  void takesEverythingBackInASecondTryWhereTheFirstFailed() throws IOException {
    assertThat(init("--contract", CONTRACT)).isZero();
    Path inTheWay = folder.resolve("etc/sysctl.d/99-hourgate.conf");
    Files.delete(inTheWay);
    Files.createDirectories(inTheWay.resolve("of somebody else"));

    assertThat(run("init", "--undo", "--yes", "--root", folder.toString())).isEqualTo(3);
    assertThat(err.toString()).contains(inTheWay.toString());

    Files.delete(inTheWay.resolve("of somebody else"));
    Files.delete(inTheWay);
    assertThat(run("init", "--undo", "--yes", "--root", folder.toString()))
        .as(err.toString())
        .isZero();
    assertThat(tree()).isEmpty();
    assertThat(folder.resolve("etc/hourgate")).doesNotExist();
  }

  /** There is nothing to show that would be worth a try. */
  @ParameterizedTest
  @ValueSource(strings = {"--undo", "--upgrade"})
  void doesNothingWhereItWouldOnlyBeTried(String action) throws IOException {
    assertThat(init("--contract", CONTRACT)).isZero();
    Map<String, String> before = tree();

    assertThat(run("init", action, "--dry-run", "--yes", "--root", folder.toString())).isEqualTo(2);

    assertThat(err.toString()).contains(action + " has no --dry-run");
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void changesNothingWhenItIsOnlyTried() throws IOException {
    assertThat(init("--contract", CONTRACT, "--dry-run")).isZero();
    assertThat(out.toString()).contains("gate.conf", "Nothing was changed.");
    assertThat(tree()).isEmpty();
  }

  @Test
  void saysWhatHasNoDefault() {
    assertThat(run("init", "--yes", "--root", folder.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--public-url, --rpc, --chain-id");
  }

  @Test
  void refusesBeforeItWritesWhatTheGateWouldRefuse() throws IOException {
    assertThat(
            run(
                "init",
                "--yes",
                "--root",
                folder.toString(),
                "--public-url",
                "https://vpn.example.org/shop",
                "--rpc",
                "https://rpc.example.org",
                "--chain-id",
                "0"))
        .isEqualTo(3);
    assertThat(err.toString()).contains("gateway.public-url", "chain.id");
    assertThat(tree()).isEmpty();

    assertThat(init("--network", "10.88.0.1/16")).isEqualTo(2);
    assertThat(init("--dns", "dns.example.org")).isEqualTo(2);
    assertThat(init("--port", "70000")).isEqualTo(2);
    assertThat(init("--host", "a b")).isEqualTo(2);
    assertThat(init("--user", "x\nup /bin/sh")).isEqualTo(2);
    assertThat(init("--upload", "20mbit; reboot")).isEqualTo(3);
    assertThat(err.toString()).contains("--upload can't be");
    assertThat(tree()).isEmpty();
  }

  @Test
  void writesForAProxyForTcpAndForAContractThatIsToCome() throws IOException {
    assertThat(init("--proxy", "--tcp", "--port", "443")).as(err.toString()).isZero();

    assertThat(out.toString()).contains("1. hourgate deploy --rpc ", "tcp port 443");
    assertThat(text("etc/hourgate/hourgate.yaml"))
        .contains("listen: \"127.0.0.1:8443\"", "tls: off", "trusted-proxies: [\"127.0.0.1\"]");
    assertThat(text("etc/openvpn/server/gate.conf").lines())
        .contains("proto tcp-server", "port 443", "explicit-exit-notify 0");
    assertThat(text("etc/hourgate/client.ovpn.template").lines())
        .contains("proto tcp-client", "remote vpn.example.org 443", "explicit-exit-notify 0");
    assertThat(text("etc/hourgate/walls.conf").lines()).contains("PROTO='tcp'", "PORT='443'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"angristan", "nyr", "pivpn"})
  void fitsBesideTheServersOfInstallersAndGoesAgain(String installer) throws IOException {
    Path home = Files.createDirectories(folder.resolve("installed"));
    Path server =
        switch (installer) {
          case "angristan" -> InstallersServers.angristan(home);
          case "nyr" -> InstallersServers.nyr(home);
          default -> InstallersServers.pivpn(home);
        };
    Map<String, String> before = tree();

    assertThat(init("--contract", CONTRACT, "--existing", server.toString(), "--dry-run"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("  management-client-auth", "  verify-client-cert none");
    assertThat(tree()).isEqualTo(before);

    assertThat(init("--contract", CONTRACT, "--existing", server.toString()))
        .as(err.toString())
        .isZero();
    ServerFile changed = ServerFile.read(server);
    assertThat(changed.traps(List.of()))
        .allMatch(trap -> !trap.unsafe() && trap.line().isEmpty() && trap.removable() == 0);
    assertThat(changed.has("client-to-client")).isFalse();
    run(
        "check",
        "--config",
        folder.resolve("etc/hourgate/hourgate.yaml").toString(),
        "--openvpn-config",
        server.toString());
    assertThat(out.toString())
        .contains(" 0 to change,")
        .containsPattern("ok +openvpn server profile-template ");

    assertThat(run("init", "--undo", "--yes", "--root", folder.toString())).isZero();
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void showsThePageInTheTunnelAtBothAddressesOfTheServer() throws IOException {
    assertThat(init("--contract", CONTRACT)).isZero();

    String server6 = value("etc/hourgate/walls.conf", "SERVER6='(.*)'");
    assertThat(server6).startsWith("fd").endsWith(":1");
    assertThat(value("etc/openvpn/server/gate.conf", "server-ipv6 (.*)0/64") + "1")
        .isEqualTo(server6);
    assertThat(text("etc/hourgate/hourgate.yaml"))
        .contains("tunnel-listen: [\"10.88.0.1:80\", \"[" + server6 + "]:80\"]");
  }

  @Test
  void knowsTheDeviceOfAnExistingServerBeforeItStarts() throws IOException {
    Path server = InstallersServers.nyr(Files.createDirectories(folder.resolve("installed")));

    assertThat(init("--contract", CONTRACT, "--existing", server.toString())).isZero();

    assertThat(Files.readAllLines(server)).containsSubsequence("dev tun", "dev tun0");
    assertThat(text("etc/hourgate/walls.conf").lines()).contains("DEVICE='tun0'");
    assertThat(text("etc/hourgate/hourgate.yaml"))
        .contains("[\"10.8.0.1:80\", \"[fddd:1194:1194:1194:0:0:0:1]:80\"]");
  }

  @Test
  void takesBackTheRestWhereTheExistingServerIsGone() throws IOException {
    Path home = Files.createDirectories(folder.resolve("installed"));
    Path server = InstallersServers.nyr(home);
    assertThat(init("--contract", CONTRACT, "--existing", server.toString())).isZero();
    Files.delete(server);

    assertThat(run("init", "--undo", "--yes", "--root", folder.toString()))
        .as(err.toString())
        .isZero();

    assertThat(out.toString()).contains("it is gone: " + server);
    assertThat(tree().keySet()).allMatch(file -> file.startsWith("installed/"));
  }

  @Test
  void changesNothingWhereAFormerCopyOfTheExistingServerIsLeft() throws IOException {
    Path server = InstallersServers.nyr(Files.createDirectories(folder.resolve("installed")));
    Files.writeString(server.resolveSibling("server.conf.before-hourgate"), "as it was once\n");
    Map<String, String> before = tree();

    assertThat(init("--contract", CONTRACT, "--existing", server.toString())).isEqualTo(1);

    assertThat(err.toString()).contains("nothing was changed", "server.conf.before-hourgate");
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void refusesAnExistingFileThatIsNoServer() throws IOException {
    Path client = Files.writeString(folder.resolve("client.conf"), "client\nremote a 1\n");

    assertThat(init("--contract", CONTRACT, "--existing", client.toString())).isEqualTo(3);
    assertThat(err.toString()).contains("is not the configuration of an OpenVPN server");
    assertThat(init("--contract", CONTRACT, "--existing", client + ".absent")).isEqualTo(3);
  }

  private int init(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "init",
                "--yes",
                "--root",
                folder.toString(),
                "--public-url",
                "https://vpn.example.org",
                "--rpc",
                "https://rpc.invalid",
                "--chain-id",
                "8453"));
    arguments.addAll(Arrays.asList(more));
    return run(arguments.toArray(String[]::new));
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }

  private String text(String path) throws IOException {
    return Files.readString(folder.resolve(path));
  }

  private String value(String path, String pattern) throws IOException {
    return text(path)
        .lines()
        .map(Pattern.compile(pattern)::matcher)
        .filter(Matcher::matches)
        .map(line -> line.group(1))
        .findFirst()
        .orElseThrow();
  }

  private String rights(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(path)));
  }

  /** Every file below, with what is in it. */
  private Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        tree.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return tree;
  }
}

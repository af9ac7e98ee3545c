package org.hourgate.app.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code openvpn-conf/setup.sh} below a folder. Firewalls are stood in for by programs that say
 * that they run; what they would be told is read from what the script says.
 */
final class SetupScriptTest {

  private static final String SCRIPT = Path.of("openvpn-conf/setup.sh").toAbsolutePath().toString();

  @TempDir private Path root;
  @TempDir private Path programs;

  @BeforeEach
  void noFirewall() throws IOException {
    program("ufw", "exit 1");
    program("firewall-cmd", "exit 1");
  }

  @Test
  void changesNothingTheSecondTime() throws Exception {
    assertThat(setup("--upload", "20mbit").output()).contains("wrote ").doesNotContain("failed");
    Map<String, String> first = tree();

    assertThat(setup().output()).contains("nothing to change").doesNotContain("wrote ");
    assertThat(tree()).isEqualTo(first);
    assertThat(first.get("etc/hourgate/walls.conf")).contains("UPLOAD='20mbit'");
  }

  @Test
  void changesNothingWhenItIsOnlyTried() throws Exception {
    assertThat(setup("--dry-run").output()).contains("would write ");
    assertThat(tree()).isEmpty();
  }

  @Test
  void takesEverythingBack() throws Exception {
    String mine = "# mine\n/srv/keys/** r,\n";
    Files.createDirectories(root.resolve("etc/apparmor.d/local"));
    Files.writeString(root.resolve("etc/apparmor.d/openvpn"), "profile openvpn {}\n");
    Files.writeString(root.resolve("etc/apparmor.d/local/openvpn"), mine);
    Map<String, String> before = tree();
    setup();
    setup();
    assertThat(tree().get("etc/apparmor.d/local/openvpn"))
        .startsWith(mine)
        .containsOnlyOnce("# BEGIN hourgate");

    assertThat(setup("--undo").exitCode()).isZero();

    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void writesTheServiceOfThePackageForAProgramOfItsOwn() throws Exception {
    String packaged = Files.readString(Path.of("openvpn-conf/hourgate.service"));

    setup("--program", "/opt/hourgate/bin/hourgate", "--user", "seller");

    assertThat(tree().get("etc/systemd/system/hourgate.service"))
        .isEqualTo(
            packaged
                .replace("/usr/bin/hourgate", "/opt/hourgate/bin/hourgate")
                .replace("User=hourgate", "User=seller")
                .replace("Group=hourgate", "Group=seller"))
        .contains("ExecStart=/opt/hourgate/bin/hourgate serve\n");
    assertThat(setup().output()).contains("nothing to change");
    assertThat(setup("--undo").exitCode()).isZero();
    assertThat(tree()).isEmpty();
  }

  @Test
  void leavesTheServiceToThePackage() throws Exception {
    Path packaged = root.resolve("usr/lib/systemd/system/hourgate.service");
    Files.createDirectories(packaged.getParent());
    Files.writeString(packaged, "the package's\n");

    setup("--program", "/opt/hourgate/bin/hourgate");
    assertThat(tree()).doesNotContainKey("etc/systemd/system/hourgate.service");

    setup("--undo");
    assertThat(packaged).exists();
  }

  @Test
  void writesNoServiceThatWouldRunNothing() throws Exception {
    setup();

    assertThat(tree())
        .containsKey("etc/systemd/system/hourgate-walls.service")
        .doesNotContainKey("etc/systemd/system/hourgate.service");
  }

  @Test
  void leavesTheFolderOfThePackage() throws Exception {
    Path ours = Files.createDirectories(root.resolve("etc/hourgate"));
    Path tmpfiles = root.resolve("usr/lib/tmpfiles.d/hourgate.conf");
    Files.createDirectories(tmpfiles.getParent());
    Files.createFile(tmpfiles);

    setup();
    setup("--undo");
    assertThat(ours).isEmptyDirectory();

    Files.delete(tmpfiles);
    setup();
    setup("--undo");
    assertThat(ours).doesNotExist();
  }

  @Test
  void tellsAnActiveUfwWhatToLetPass() throws Exception {
    program("ufw", "[ \"$1\" = status ] && echo 'Status: active'");

    assertThat(setup("--port", "1195").output())
        .contains(
            "ufw allow 1195/udp",
            "ufw allow 8443/tcp",
            "ufw allow in on tun-gate to any port 80 proto tcp",
            "ufw route allow in on tun-gate");
    assertThat(setup("--port", "1196").output())
        .contains("ufw allow 1196/udp", "ufw delete allow 1195/udp")
        .doesNotContain("delete allow 8443");
    assertThat(setup("--undo").output())
        .contains("ufw delete allow 1196/udp", "ufw route delete allow in on tun-gate")
        .doesNotContain("1195");
  }

  @Test
  void tellsAnActiveFirewalldWhatToLetPass() throws Exception {
    program("firewall-cmd", "case $* in *--query-*) exit 1 ;; esac");

    assertThat(setup().output())
        .contains(
            "--zone=trusted --add-interface=tun-gate",
            "--add-port=1194/udp",
            "--add-port=8443/tcp",
            "--reload");
    assertThat(setup("--undo").output())
        .contains("--zone=trusted --remove-interface=tun-gate", "--remove-port=8443/tcp");
  }

  /** As beside a server whose installer has opened its port. */
  @Test
  void leavesFirewallRulesThatWereThereBefore() throws Exception {
    program(
        "ufw",
        """
        case $1 in
          status) echo 'Status: active' ;;
          show) echo "ufw allow 1194/udp comment 'allow-openvpn'"; echo 'ufw allow 22/tcp' ;;
        esac
        """);
    program(
        "firewall-cmd", "case $* in *--query-port=8443/tcp | *--query-interface*) exit 1 ;; esac");

    assertThat(setup().output())
        .contains("ufw allow 8443/tcp", "--add-port=8443/tcp")
        .doesNotContain("ufw allow 1194/udp", "--add-port=1194/udp");
    assertThat(setup("--undo").output())
        .contains("ufw delete allow 8443/tcp", "--remove-port=8443/tcp")
        .doesNotContain("delete allow 1194/udp", "--remove-port=1194/udp");
    assertThat(tree()).isEmpty();
  }

  @Test
  void refusesWhatAShellOrARuleWouldTakeForMore() throws Exception {
    for (String value : List.of("eth0; reboot", "$(id)", "a'b", "a b")) {
      assertThat(setup("--wan", value).exitCode()).as(value).isEqualTo(2);
    }
    assertThat(tree()).isEmpty();
  }

  @Test
  void isCleanToShellcheck() throws Exception {
    List<String> command = new ArrayList<>(List.of("shellcheck"));
    try (Stream<Path> files = Files.list(Path.of("openvpn-conf"))) {
      files.map(Path::toString).filter(name -> name.endsWith(".sh")).forEach(command::add);
    }
    assertThat(command).hasSize(4);
    Ran ran = run(command);
    assertThat(ran.exitCode()).as(ran.output()).isZero();
  }

  private record Ran(int exitCode, String output) {}

  private Ran setup(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/bin/sh", SCRIPT));
    command.addAll(List.of("--root", root.toString()));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private Ran run(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  private void program(String name, String body) throws IOException {
    Path file = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        tree.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return tree;
  }
}

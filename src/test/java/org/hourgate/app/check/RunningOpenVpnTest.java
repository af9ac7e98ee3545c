package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunningOpenVpnTest {

  @TempDir private Path folder;

  @BeforeEach
  void write() throws Exception {
    Files.createDirectory(folder.resolve("server"));
    Files.writeString(folder.resolve("server/udp.conf"), "verb 3\nport 1194\n");
  }

  @Test
  void readsTheFileTheCommandLineNames() {
    // A process that has obeyed --cd is in that folder already.
    assertThat(
            OpenVpnConfigReader.commandLine(
                    List.of("openvpn", "--cd", "server", "--config", "udp.conf", "--verb", "4"),
                    folder.resolve("server"))
                .directives())
        .containsExactly(
            new OpenVpnDirective(0, "config", List.of("udp.conf")),
            new OpenVpnDirective(1, "verb", List.of("3")),
            new OpenVpnDirective(2, "port", List.of("1194")),
            new OpenVpnDirective(0, "verb", List.of("4")));
    assertThat(
            OpenVpnConfigReader.commandLine(
                    List.of("openvpn", "--cd", folder + "/server", "--config", "udp.conf"), folder)
                .directives())
        .contains(new OpenVpnDirective(2, "port", List.of("1194")));
  }

  @Test
  void takesOneWordAloneForTheFile() {
    assertThat(
            OpenVpnConfigReader.commandLine(List.of("openvpn", "server/udp.conf"), folder)
                .directives())
        .contains(new OpenVpnDirective(2, "port", List.of("1194")));
  }

  @Test
  void knowsTheFilesOfDebiansUnits() {
    assertThat(
            RunningOpenVpn.unitFile(
                "0::/system.slice/system-openvpn\\x2dserver.slice/openvpn-server@home\\x2dudp.service\n"))
        .contains(Path.of("/etc/openvpn/server/home-udp.conf"));
    assertThat(RunningOpenVpn.unitFile("0::/system.slice/openvpn@tcp.service\n"))
        .contains(Path.of("/etc/openvpn/tcp.conf"));
    assertThat(RunningOpenVpn.unitFile("0::/user.slice/session-1.scope\n")).isEmpty();
  }

  @Test
  void countsTheAddressesThatClientsCanGet() {
    assertThat(capacity("server 10.88.0.0 255.255.255.0", "topology subnet")).contains(253);
    assertThat(capacity("server 10.88.0.0 255.255.0.0", "topology subnet")).contains(1024);
    assertThat(capacity("server 10.88.0.0 255.255.0.0", "topology subnet", "max-clients 50"))
        .contains(50);
    assertThat(capacity("server 10.88.0.0 255.255.255.0")).isEmpty(); // another topology
    assertThat(capacity("topology subnet", "server 10.88.0.0 nonsense")).isEmpty();
    assertThat(capacity("topology subnet")).isEmpty();
  }

  private static Optional<Integer> capacity(String... lines) {
    return new OpenVpnSettings(OpenVpnConfigReader.lines(List.of(lines)).directives(), 1)
        .capacity();
  }

  @Test
  void knowsNothingOfAProcessThatIsNot() {
    assertThat(RunningOpenVpn.capacity(Long.MAX_VALUE)).isEmpty();
    assertThat(RunningOpenVpn.of(Long.MAX_VALUE)).isEmpty();
    assertThat(RunningOpenVpn.unsafeSettings(Long.MAX_VALUE, 1, Optional.empty())).isEmpty();
  }
}

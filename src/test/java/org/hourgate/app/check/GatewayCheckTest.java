package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.app.config.HourgateConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GatewayCheckTest {

  /** Every user of the machine gets to it, as to most folders of a server. */
  @TempDir private Path folder;

  @BeforeEach
  void open() throws IOException {
    mode(folder, "rwxr-xr-x");
  }

  private static void mode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private List<FindingCode> look(Map<String, String> settings) {
    HourgateConfig config = Codes.config(folder, settings);
    return Codes.bad(
        findings -> GatewayCheck.look(config, folder.resolve("hourgate.yaml"), findings));
  }

  @Test
  void hasNothingAgainstAFreshInstallation() {
    assertThat(look(Map.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "gateway.public-url, http://vpn.example.org, PUBLIC_URL_HTTP",
    "expiry.belt, off, BELT_OFF",
    "limits.exempt, 0.0.0.0/0, LIMITS_EVERYBODY",
    "limits.exempt, ::/1, LIMITS_EVERYBODY",
    "admin.listen, 0.0.0.0:9176, ADMIN_PUBLIC",
  })
  void findsSettingsThatWeakenTheGate(String key, String value, FindingCode code) {
    assertThat(look(Map.of(key, value))).containsExactly(code);
  }

  @Test
  void letsBlocksOfOneNetworkBeExempt() {
    assertThat(look(Map.of("limits.exempt", "10.0.0.0/8"))).isEmpty();
  }

  @Test
  void findsAKeyThatOthersCanRead() throws Exception {
    Path key = Files.writeString(folder.resolve("gateway.key"), "00");
    mode(key, "rw-r-----");
    assertThat(look(Map.of())).containsExactly(FindingCode.SECRET_OPEN);

    mode(key, "rw-------");
    assertThat(look(Map.of())).isEmpty();

    Files.delete(key);
    Files.createDirectory(key);
    assertThat(look(Map.of())).containsExactly(FindingCode.SECRET_UNREADABLE);
  }

  @Test
  void findsAConfigurationThatOthersCanChangeOrMayNotRead() throws Exception {
    Path file = Codes.file(folder);
    mode(file, "rw-r--r--");
    assertThat(look(Map.of())).isEmpty();
    assertThat(look(Map.of("chain.rpc", "https://rpc.example.org/v3/0123abcd")))
        .containsExactly(FindingCode.CONFIGURATION_OPEN);

    mode(file, "rw-------");
    assertThat(look(Map.of("chain.rpc", "https://rpc.example.org/v3/0123abcd"))).isEmpty();

    mode(file, "rw-rw-rw-");
    assertThat(look(Map.of())).contains(FindingCode.CONFIGURATION_WRITABLE);
  }

  @Test
  void findsAStateFolderThatOthersCanChangeOrThatIsNone() throws Exception {
    Path state = Files.createDirectory(folder.resolve("state"));
    mode(state, "rwxrwxrwx");
    assertThat(look(Map.of())).containsExactly(FindingCode.STATE_DIR_OPEN);
    mode(state, "rwx------");
    assertThat(look(Map.of())).isEmpty();

    Files.delete(state);
    Files.writeString(state, "");
    assertThat(look(Map.of())).containsExactly(FindingCode.STATE_DIR_UNWRITABLE);
    assertThat(look(Map.of("gateway.state-dir", "/proc/1/hourgate")))
        .as("a folder that nobody can make")
        .isNotEmpty();
  }

  @Test
  void tellsAFullDisk() {
    // A file system of the kernel's own, which has no room for anybody.
    assertThat(look(Map.of("gateway.state-dir", "/sys/kernel")))
        .containsAnyOf(FindingCode.DISK_FULL, FindingCode.STATE_DIR_UNWRITABLE);
  }

  @Test
  void saysWhetherTheClockIsKeptRight() {
    assertThat(Codes.bad(findings -> Inspection.clock(Optional.of(true), findings))).isEmpty();
    assertThat(Codes.bad(findings -> Inspection.clock(Optional.empty(), findings))).isEmpty();
    assertThat(Codes.bad(findings -> Inspection.clock(Optional.of(false), findings)))
        .containsExactly(FindingCode.CLOCK_UNSYNCHRONISED);
  }
}

package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hourgate.app.install.Pki;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and certificates that an OpenVPN configuration names. */
final class OpenVpnFilesCheckTest {

  @TempDir private Path folder;
  private Pki pki;

  @BeforeEach
  void make() throws IOException {
    mode(folder, "rwxr-xr-x");
    pki = Pki.create(folder, "vpn.example.org", Duration.ofDays(300));
  }

  private static void mode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private List<FindingCode> look(String... lines) throws IOException {
    return look(Instant.now(), lines);
  }

  private List<FindingCode> look(Instant now, String... lines) throws IOException {
    Path file = Files.writeString(folder.resolve("server.conf"), String.join("\n", lines) + "\n");
    OpenVpnConfiguration read = OpenVpnConfigReader.file(file);
    assertThat(read.problems()).isEmpty();
    OpenVpnSettings settings = new OpenVpnSettings(read.directives(), 1);
    return Codes.bad(
        findings -> {
          OpenVpnFilesCheck.look("openvpn", read, settings, findings);
          OpenVpnCertificateCheck.look("openvpn", read, settings, now, findings);
        });
  }

  @Test
  void hasNothingAgainstWhatTheLabMakes() throws Exception {
    assertThat(look("ca ca.crt", "cert server.crt", "key server.key", "dh none", "status s.log"))
        .isEmpty();
  }

  @Test
  void findsFilesThatAreGone() throws Exception {
    Files.delete(pki.key());
    assertThat(look("cert server.crt", "key server.key"))
        .containsExactly(FindingCode.OPENVPN_FILE_MISSING);
    assertThat(look("ca gone.crt")).containsExactly(FindingCode.OPENVPN_FILE_MISSING);
    assertThat(look("management m.sock unix gone.pw"))
        .containsExactly(FindingCode.OPENVPN_FILE_MISSING);
  }

  @Test
  void findsSecretsThatEverybodyCanRead() throws Exception {
    mode(pki.key(), "rw-r--r--");
    assertThat(look("key server.key")).containsExactly(FindingCode.OPENVPN_KEY_OPEN);
    mode(pki.key(), "rw-r-----"); // A group of its own is a way to share it.
    assertThat(look("key server.key")).isEmpty();

    mode(Files.writeString(folder.resolve("m.pw"), "x"), "rw-r--r--");
    assertThat(look("management m.sock unix m.pw")).containsExactly(FindingCode.OPENVPN_KEY_OPEN);

    mode(folder, "rwx------");
    assertThat(look("management m.sock unix m.pw")).isEmpty();
  }

  @Test
  void findsAKeyInsideAnOpenConfiguration() throws Exception {
    String[] inline = {"<key>", Files.readString(pki.key()).strip(), "</key>"};
    look(inline);
    mode(folder.resolve("server.conf"), "rw-r--r--");
    assertThat(look(inline)).containsExactly(FindingCode.OPENVPN_KEY_OPEN);
    mode(folder.resolve("server.conf"), "rw-------");
    assertThat(look(inline)).isEmpty();
  }

  @Test
  void findsAConfigurationThatEverybodyCanChangeAndLogsThatEverybodyCanRead() throws Exception {
    look("verb 3");
    mode(folder.resolve("server.conf"), "rw-rw-rw-");
    assertThat(look("verb 3")).containsExactly(FindingCode.OPENVPN_CONFIG_WRITABLE);
    mode(folder.resolve("server.conf"), "rw-------");

    Path log = Files.writeString(folder.resolve("status.log"), "");
    for (String name : List.of("status", "log", "log-append")) {
      mode(log, "rw-r--r--");
      assertThat(look(name + " status.log")).containsExactly(FindingCode.OPENVPN_LOG_OPEN);
      mode(log, "rw-r-----");
      assertThat(look(name + " status.log")).isEmpty();
    }
  }

  @Test
  void knowsHowLongCertificatesAreGood() throws Exception {
    String[] lines = {"ca ca.crt", "cert server.crt"};
    Instant end = Instant.now().plus(Duration.ofDays(300));

    assertThat(look(end.minus(Duration.ofDays(29)), lines))
        .containsExactly(
            FindingCode.OPENVPN_CERTIFICATE_EXPIRES, FindingCode.OPENVPN_CERTIFICATE_EXPIRES);
    assertThat(look(end.plus(Duration.ofDays(1)), lines))
        .containsExactly(
            FindingCode.OPENVPN_CERTIFICATE_EXPIRED, FindingCode.OPENVPN_CERTIFICATE_EXPIRED);
    assertThat(look(Instant.now().minus(Duration.ofDays(9)), lines))
        .containsExactly(
            FindingCode.OPENVPN_CERTIFICATE_EXPIRED, FindingCode.OPENVPN_CERTIFICATE_EXPIRED);
    // The same inside the configuration.
    assertThat(
            look(
                end.plus(Duration.ofDays(1)),
                "<ca>",
                "words before it\n" + pki.caPem().strip(),
                "</ca>"))
        .containsExactly(FindingCode.OPENVPN_CERTIFICATE_EXPIRED);
  }

  @Test
  void findsACertificateOfAnotherAuthorityOrForAnotherUse() throws Exception {
    Pki other = Pki.create(Files.createDirectory(folder.resolve("b")), "b", Duration.ofDays(300));
    assertThat(look("ca " + other.ca(), "cert server.crt"))
        .containsExactly(FindingCode.OPENVPN_CERTIFICATE_ISSUER);
    assertThat(look("cert ca.crt")).containsExactly(FindingCode.OPENVPN_CERTIFICATE_PURPOSE);
  }

  @Test
  void findsKeysThatAreSlowOrWeak() throws Exception {
    TestCertificate.rsa(folder, 2048, "SHA256withRSA");
    assertThat(look(TestCertificate.NOW, "cert cert.pem"))
        .containsExactly(FindingCode.OPENVPN_CERTIFICATE_RSA);
    TestCertificate.rsa(folder, 1024, "SHA256withRSA");
    assertThat(look(TestCertificate.NOW, "cert cert.pem"))
        .containsExactly(FindingCode.OPENVPN_CERTIFICATE_WEAK);
    TestCertificate.rsa(folder, 2048, "SHA1withRSA");
    assertThat(look(TestCertificate.NOW, "cert cert.pem"))
        .containsExactly(FindingCode.OPENVPN_CERTIFICATE_WEAK);
  }

  @Test
  void findsWhatIsNoCertificate() throws Exception {
    Files.writeString(folder.resolve("cert.pem"), "nothing like one\n");
    assertThat(look("cert cert.pem")).containsExactly(FindingCode.OPENVPN_CERTIFICATE_UNREADABLE);
  }
}

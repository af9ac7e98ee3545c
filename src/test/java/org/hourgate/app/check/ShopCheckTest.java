package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShopCheckTest {

  @TempDir private Path folder;

  private List<FindingCode> look(Map<String, String> settings) {
    return Codes.bad(
        findings -> ShopCheck.look(Codes.config(folder, settings), TestCertificate.NOW, findings));
  }

  /** Without the line {@code tls: off}. */
  private List<FindingCode> lookAtTls(String host, Duration left, String mode) throws Exception {
    TestCertificate made = TestCertificate.ec(folder, host, left);
    Files.setPosixFilePermissions(made.key(), PosixFilePermissions.fromString(mode));
    return lookAtTls();
  }

  private List<FindingCode> lookAtTls() throws Exception {
    Path file = Codes.file(folder);
    Files.writeString(
        file,
        Files.readString(file).replace("tls: off", "tls: { certificate: cert.pem, key: key.pem }"));
    return Codes.bad(
        findings ->
            ShopCheck.look(
                org.hourgate.app.config.HourgateConfig.read(file, Map.of(), new HashMap<>()),
                TestCertificate.NOW,
                findings));
  }

  @Test
  void hasNothingAgainstAGoodCertificate() throws Exception {
    assertThat(lookAtTls("vpn.example.org", Duration.ofDays(60), "rw-------")).isEmpty();
    assertThat(lookAtTls("*.example.org", Duration.ofDays(60), "rw-------")).isEmpty();
  }

  @Test
  void knowsHowLongACertificateIsGood() throws Exception {
    assertThat(lookAtTls("vpn.example.org", Duration.ofDays(13), "rw-------"))
        .containsExactly(FindingCode.TLS_EXPIRES);
    assertThat(lookAtTls("vpn.example.org", Duration.ofHours(-1), "rw-------"))
        .containsExactly(FindingCode.TLS_EXPIRED);
  }

  @Test
  void findsACertificateForAnotherNameAndAnOpenKey() throws Exception {
    assertThat(lookAtTls("www.example.com", Duration.ofDays(60), "rw-------"))
        .containsExactly(FindingCode.TLS_NAME);
    assertThat(lookAtTls("vpn.example.org", Duration.ofDays(60), "rw-r-----"))
        .containsExactly(FindingCode.SECRET_OPEN);
  }

  @Test
  void findsFilesThatAreNoPair() throws Exception {
    assertThat(lookAtTls()).containsExactly(FindingCode.TLS_UNUSABLE);

    TestCertificate.ec(folder, "vpn.example.org", Duration.ofDays(60));
    String key = Files.readString(folder.resolve("key.pem"));
    TestCertificate.ec(folder, "vpn.example.org", Duration.ofDays(60));
    Files.writeString(folder.resolve("key.pem"), key);
    assertThat(lookAtTls()).containsExactly(FindingCode.TLS_UNUSABLE);
  }

  @Test
  void saysThatBrowsersWarnOfOurOwnCertificate() throws Exception {
    Path file = Codes.file(folder);
    Files.writeString(file, Files.readString(file).replace(" tls: off,", ""));

    assertThat(
            Codes.bad(
                findings ->
                    ShopCheck.look(
                        org.hourgate.app.config.HourgateConfig.read(file, Map.of(), Map.of()),
                        TestCertificate.NOW,
                        findings)))
        .containsExactly(FindingCode.TLS_SELF_SIGNED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://vpn.example.org | 127.0.0.1:8443 | 127.0.0.1 | ",
        "https://vpn.example.org | 127.0.0.1:8443 | 127.0.0.0/8 | ",
        "https://vpn.example.org | 127.0.0.1:8443 | ::1 | ",
        "https://vpn.example.org | 127.0.0.1:8443 | 10.0.0.1 | PROXY_UNNAMED",
        "https://vpn.example.org | 0.0.0.0:8443 | 10.0.0.1 | ",
        "http://127.0.0.1:8443 | 127.0.0.1:8443 | 10.0.0.1 | ",
        "https://localhost:8443 | 127.0.0.1:8443 | 10.0.0.1 | ",
        "https://vpn.example.org | 127.0.0.1:8443 | 0.0.0.0/0 | PROXY_EVERYBODY",
      })
  void knowsWhoMustBeNamedAsAProxy(String url, String listen, String proxies, FindingCode code) {
    assertThat(
            look(
                Map.of(
                    "gateway.public-url", url,
                    "shop.listen", listen,
                    "shop.trusted-proxies", proxies)))
        .isEqualTo(code == null ? List.of() : List.of(code));
  }
}

package org.hourgate.app.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PkiTest {

  @TempDir private Path folder;

  @Test
  void signsACertificateForAServerAlone() throws Exception {
    Pki pki = Pki.create(folder, "vpn.example.org", Duration.ofDays(30));

    X509Certificate ca = read(pki.ca());
    X509Certificate server = read(pki.certificate());
    server.verify(ca.getPublicKey());
    server.checkValidity();
    assertThat(ca.getBasicConstraints()).isNotNegative();
    assertThat(server.getBasicConstraints()).isNegative();
    assertThat(server.getSubjectX500Principal().getName()).isEqualTo("CN=vpn.example.org");
    assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(pki.caPem()).isEqualTo(Files.readString(pki.ca()));
  }

  @Test
  void keepsTheKeyToItsOwner() throws Exception {
    Pki pki = Pki.create(folder, "vpn.example.org", Duration.ofDays(30));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pki.key())))
        .isEqualTo("rw-------");
  }

  private static X509Certificate read(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }
}

package org.hourgate.app.check;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Self-signed certificates of all kinds, and their keys. */
record TestCertificate(Path certificate, Path key) {

  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  static TestCertificate ec(Path folder, String host, Duration left) throws Exception {
    return make(folder, host, left, "EC", 256, "SHA256withECDSA");
  }

  static TestCertificate rsa(Path folder, int bits, String signature) throws Exception {
    return make(folder, "vpn.example.org", Duration.ofDays(300), "RSA", bits, signature);
  }

  private static TestCertificate make(
      Path folder, String host, Duration left, String algorithm, int bits, String signature)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    KeyPair keys = generator.generateKeyPair();
    X500Name name = new X500Name("CN=" + host);
    byte[] der =
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(NOW.minus(Duration.ofDays(1))),
                Date.from(NOW.plus(left)),
                name,
                keys.getPublic())
            .addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, host)))
            .addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
            .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate()))
            .getEncoded();
    return new TestCertificate(
        Files.writeString(folder.resolve("cert.pem"), pem("CERTIFICATE", der)),
        Files.writeString(
            folder.resolve("key.pem"), pem("PRIVATE KEY", keys.getPrivate().getEncoded())));
  }

  private static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}

package org.hourgate.infrastructure.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A certificate of our own for one host, kept in a folder. Made once (EC P-256, ten years) and
 * again only when the host is another or its time is over, because people may have pinned it.
 *
 * @param certificate PEM file
 * @param key PEM file, readable by its owner alone
 * @param fingerprint SHA-256 of the certificate, as browsers show it
 */
public record SelfSignedCertificate(Path certificate, Path key, String fingerprint) {

  private static final Duration LIFETIME = Duration.ofDays(3650);
  private static final Duration BACKDATED = Duration.ofDays(1);

  /**
   * Finds the certificate in the folder or makes it there. Blocks.
   *
   * @param host name or address, without brackets
   */
  public static SelfSignedCertificate forHost(String host, Path folder, Instant now) {
    Path certificate = folder.resolve("tls-certificate.pem");
    Path key = folder.resolve("tls-key.pem");
    try {
      if (!Files.exists(certificate) || !Files.exists(key) || !isFor(host, certificate, now)) {
        make(host, certificate, key, now);
      }
      return new SelfSignedCertificate(certificate, key, fingerprint(read(certificate)));
    } catch (IOException e) {
      throw new TlsException("A certificate can't be kept in " + folder + ": " + e.getMessage(), e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new TlsException("A certificate can't be made: " + e.getMessage(), e);
    }
  }

  private static boolean isFor(String host, Path file, Instant now) throws IOException {
    try {
      X509Certificate found = read(file);
      Collection<List<?>> names = found.getSubjectAlternativeNames();
      return found.getNotAfter().toInstant().isAfter(now)
          && names != null
          && names.stream().anyMatch(name -> String.valueOf(name.get(1)).equals(spelled(host)));
    } catch (CertificateException e) {
      return false;
    }
  }

  private static void make(String host, Path certificate, Path key, Instant now)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    X500Principal name = new X500Principal("CN=Hourgate");
    boolean isAddress = isAddress(host);
    GeneralName alternative =
        new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, spelled(host));
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(127, new SecureRandom()),
            Date.from(now.minus(BACKDATED)),
            Date.from(now.plus(LIFETIME)),
            name,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternative));
    X509Certificate made =
        new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    write(key, "PRIVATE KEY", pair.getPrivate().getEncoded(), "rw-------");
    write(certificate, "CERTIFICATE", made.getEncoded(), "rw-r--r--");
  }

  private static void write(Path file, String type, byte[] content, String rights)
      throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter pem = new PemWriter(text)) {
      pem.writeObject(new PemObject(type, content));
    }
    Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
    Path draft =
        Files.createTempFile(
            folder,
            ".tls",
            ".tmp",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights)));
    Files.write(draft, text.toString().getBytes(StandardCharsets.US_ASCII));
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static X509Certificate read(Path file) throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
  }

  /** An address as certificates show it, which for IPv6 is not always as it was written. */
  private static String spelled(String host) {
    return isAddress(host) ? InetAddress.ofLiteral(host).getHostAddress() : host;
  }

  private static boolean isAddress(String host) {
    try {
      InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

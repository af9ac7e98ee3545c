package org.hourgate.app.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority that signs one certificate, an OpenVPN server's, and is then forgotten:
 * its key is never written, so nobody can sign a second server that the profiles would trust. Keys
 * are EC P-256.
 *
 * @param serverName the common name of the server's certificate
 * @param caPem the authority's certificate, for profiles
 * @param ca the same as a file
 * @param certificate the server's certificate
 * @param key the server's key, readable by its owner only
 * @param tlsCryptKey the server's key of {@code tls-crypt-v2}, readable by its owner only
 * @param profileTlsCryptKey the key that profiles carry for it
 */
public record Pki(
    String serverName,
    String caPem,
    Path ca,
    Path certificate,
    Path key,
    Path tlsCryptKey,
    String profileTlsCryptKey) {

  /** The files that are made. */
  static final List<String> FILES =
      List.of("ca.crt", "server.crt", "server.key", "tls-crypt-v2.key");

  private static final Duration CLOCK_SKEW = Duration.ofDays(1);
  private static final int SERIAL_BITS = 127;

  /** Makes the keys and writes {@link #FILES}. */
  public static Pki create(Path directory, String serverName, Duration validity) {
    try {
      KeyPair caKeys = newKeys();
      KeyPair serverKeys = newKeys();
      X500Name issuer = new X500Name("CN=" + serverName + " CA");
      X509CertificateHolder ca =
          builder(issuer, issuer, caKeys, validity)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(caKeys.getPrivate()));
      X509CertificateHolder server =
          builder(issuer, new X500Name("CN=" + serverName), serverKeys, validity)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(caKeys.getPrivate()));
      TlsCryptV2 tlsCrypt = TlsCryptV2.create();
      String caPem = Pem.write("CERTIFICATE", ca.getEncoded());
      return new Pki(
          serverName,
          caPem,
          Files.writeString(directory.resolve("ca.crt"), caPem),
          Files.writeString(
              directory.resolve("server.crt"), Pem.write("CERTIFICATE", server.getEncoded())),
          writeKey(
              directory.resolve("server.key"),
              Pem.write("PRIVATE KEY", serverKeys.getPrivate().getEncoded())),
          writeKey(directory.resolve("tls-crypt-v2.key"), tlsCrypt.serverPem()),
          tlsCrypt.newClientPem());
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this Java cannot make EC P-256 certificates", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write certificates to " + directory, e);
    }
  }

  private static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair keys, Duration validity) throws CertIOException {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, new SecureRandom()),
        Date.from(now.minus(CLOCK_SKEW)),
        Date.from(now.plus(validity)),
        subject,
        keys.getPublic());
  }

  private static Path writeKey(Path file, String key) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, key);
  }
}

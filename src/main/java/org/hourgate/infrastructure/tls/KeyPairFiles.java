package org.hourgate.infrastructure.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate with its chain, and its private key: they belong together, that was tried.
 *
 * @param chain the server's own certificate first
 * @param digest of the two files' bytes
 */
record KeyPairFiles(List<X509Certificate> chain, PrivateKey key, String digest) {

  private static final Logger LOG = LoggerFactory.getLogger(KeyPairFiles.class);

  KeyPairFiles {
    chain = List.copyOf(chain);
  }

  /** Tells two versions of the files apart. Blocks. */
  static String digest(Path certificate, Path key) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(digest(certificate));
      digest.update(digest(key));
      return HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] digest(Path file) throws IOException, GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
  }

  /**
   * Reads PEM files: the key in PKCS#8 or as OpenSSL writes it, without a password. Blocks.
   *
   * @throws TlsException with what the operator should look at
   */
  static KeyPairFiles read(Path certificateFile, Path keyFile) {
    requireReadable(certificateFile, "certificate");
    requireReadable(keyFile, "private key");
    try {
      String digest = digest(certificateFile, keyFile);
      List<X509Certificate> chain = chain(Files.readAllBytes(certificateFile));
      PrivateKey key = key(Files.readString(keyFile, StandardCharsets.US_ASCII));
      requireSamePair(chain.getFirst(), key);
      warnIfReadByAll(keyFile);
      return new KeyPairFiles(chain, key, digest);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new TlsException(
          "The certificate "
              + certificateFile
              + " and the key "
              + keyFile
              + " can't be used: "
              + e.getMessage(),
          e);
    }
  }

  private static void requireReadable(Path file, String what) {
    if (!Files.isReadable(file)) {
      throw new TlsException(
          "The TLS " + what + " " + file + (Files.exists(file) ? " can't be read" : " is missing"));
    }
  }

  private static void warnIfReadByAll(Path key) {
    try {
      if (Files.getPosixFilePermissions(key).contains(PosixFilePermission.OTHERS_READ)) {
        LOG.warn("everybody on this machine can read the TLS key: chmod o= {}", key);
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("the rights of {} are not known: {}", key, e.toString());
    }
  }

  private static List<X509Certificate> chain(byte[] pem) throws CertificateException {
    List<X509Certificate> chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    if (chain.isEmpty()) {
      throw new CertificateException("there is no certificate in the first");
    }
    return chain;
  }

  private static PrivateKey key(String pem) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof PrivateKeyInfo info) {
          return new JcaPEMKeyConverter().getPrivateKey(info);
        }
        if (part instanceof PEMKeyPair pair) {
          return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
        }
      }
    }
    throw new IOException("there is no private key without a password in the second");
  }

  private static void requireSamePair(X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm(); // Ed25519 signs by its own name.
        };
    byte[] text = "hourgate".getBytes(StandardCharsets.US_ASCII);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    boolean same = false;
    if (certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      same = signature.verify(signed);
    }
    if (!same) {
      throw new GeneralSecurityException("the key is not the certificate's");
    }
  }
}

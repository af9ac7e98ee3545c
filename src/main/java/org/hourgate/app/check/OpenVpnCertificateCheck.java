package org.hourgate.app.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The certificates that an OpenVPN server shows its clients. */
final class OpenVpnCertificateCheck {

  private static final Duration NOTICE = Duration.ofDays(30);
  private static final String SERVER = "1.3.6.1.5.5.7.3.1"; // extended key usage, RFC 5280
  private static final int SHORTEST_RSA = 2048;

  private OpenVpnCertificateCheck() {}

  static void look(
      String subject,
      OpenVpnConfiguration configuration,
      OpenVpnSettings settings,
      Instant now,
      Findings findings) {
    List<X509Certificate> chain = read("cert", subject, configuration, settings, findings);
    List<X509Certificate> authorities = read("ca", subject, configuration, settings, findings);
    chain.stream().limit(1).forEach(own -> age("server's", own, subject, now, findings));
    authorities.forEach(each -> age("authority's", each, subject, now, findings));
    if (chain.isEmpty()) {
      return;
    }
    X509Certificate own = chain.getFirst();
    boolean issued =
        authorities.isEmpty()
            || chain.stream()
                .anyMatch(
                    link ->
                        authorities.stream()
                            .anyMatch(authority -> Certificates.isSignedBy(link, authority)));
    if (!issued) {
      findings.error(
          FindingCode.OPENVPN_CERTIFICATE_ISSUER,
          subject,
          "the server's certificate is not of the authority that ca names",
          "name the authority that signed it, and put it into the profile template");
    }
    if (!isForServers(own)) {
      findings.warn(
          FindingCode.OPENVPN_CERTIFICATE_PURPOSE,
          subject,
          "the server's certificate is not made for a server: profiles with 'remote-cert-tls"
              + " server' refuse it",
          "make one with the extended key usage serverAuth");
    }
    keys(own, subject, findings);
  }

  /** Reads inline certificates or the file; none if there is no such line, or it can't be read. */
  static List<X509Certificate> read(
      String name,
      String subject,
      OpenVpnConfiguration configuration,
      OpenVpnSettings settings,
      Findings findings) {
    Optional<OpenVpnDirective> line =
        settings.find(name).filter(found -> found.value().isPresent());
    if (line.isEmpty()) {
      return List.of();
    }
    Path file = configuration.folder().resolve(line.get().inline() ? "" : line.get().value().get());
    if (!line.get().inline() && Files.notExists(file)) {
      return List.of(); // told by the check of files
    }
    try {
      return Certificates.read(
          line.get().inline()
              ? line.get().value().get()
              : Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      findings.warn(
          FindingCode.OPENVPN_CERTIFICATE_UNREADABLE,
          subject,
          file + " can't be read by " + System.getProperty("user.name"),
          "run this as root to have its dates looked at");
    } catch (CertificateException e) {
      findings.error(
          FindingCode.OPENVPN_CERTIFICATE_UNREADABLE,
          subject,
          "%s: %s: %s".formatted(line.get().where(), name, e.getMessage()),
          "name a certificate in PEM");
    }
    return List.of();
  }

  private static void age(
      String whose, X509Certificate certificate, String subject, Instant now, Findings findings) {
    Instant end = certificate.getNotAfter().toInstant();
    String what = "the " + whose + " certificate (" + Certificates.commonName(certificate) + ") ";
    switch (Certificates.age(certificate, now, NOTICE)) {
      case NOT_YET ->
          findings.error(
              FindingCode.OPENVPN_CERTIFICATE_EXPIRED,
              subject,
              what + "is good from " + certificate.getNotBefore().toInstant() + " only",
              "look at the clock, or make a new one");
      case ENDED ->
          findings.error(
              FindingCode.OPENVPN_CERTIFICATE_EXPIRED,
              subject,
              what + "was good until " + end + ": nobody can connect",
              "make a new one");
      case ENDING ->
          findings.warn(
              FindingCode.OPENVPN_CERTIFICATE_EXPIRES,
              subject,
              what + "is good until " + end + " only",
              "make a new one; a new authority has to be in every profile first");
      case GOOD ->
          findings.ok(FindingCode.OPENVPN_CERTIFICATE, subject, what + "is good until " + end);
    }
  }

  private static boolean isForServers(X509Certificate certificate) {
    try {
      return certificate.getExtendedKeyUsage() != null
          && certificate.getExtendedKeyUsage().contains(SERVER);
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  private static void keys(X509Certificate own, String subject, Findings findings) {
    String signature = own.getSigAlgName().toUpperCase(Locale.ROOT);
    boolean shortKey =
        own.getPublicKey() instanceof RSAPublicKey rsa
            && rsa.getModulus().bitLength() < SHORTEST_RSA;
    if (shortKey || signature.startsWith("SHA1") || signature.startsWith("MD5")) {
      findings.warn(
          FindingCode.OPENVPN_CERTIFICATE_WEAK,
          subject,
          "the server's certificate has a short key or a broken signature (%s): newer clients refuse"
              .formatted(own.getSigAlgName()),
          "make one with an EC P-256 key");
    } else if (own.getPublicKey() instanceof RSAPublicKey) {
      findings.warn(
          FindingCode.OPENVPN_CERTIFICATE_RSA,
          subject,
          "the server's key is RSA: each login takes twice the processor time",
          "make one with an EC P-256 key when it is renewed");
    }
  }
}

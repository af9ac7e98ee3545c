package org.hourgate.app.check;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/** What can be told from certificates. */
final class Certificates {

  /** OpenVPN's files may have any words around them. */
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);

  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  /** Where a certificate is in its life. */
  enum Age {
    NOT_YET,
    GOOD,
    ENDING,
    ENDED
  }

  private Certificates() {}

  /** Reads all in a text; throws if there is none or one is broken. */
  static List<X509Certificate> read(String pem) throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    StringBuilder clean = new StringBuilder();
    PEM.matcher(pem).results().forEach(match -> clean.append(match.group()).append('\n'));
    List<X509Certificate> found =
        factory
            .generateCertificates(
                new ByteArrayInputStream(clean.toString().getBytes(StandardCharsets.US_ASCII)))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    if (found.isEmpty()) {
      throw new CertificateException("there is no certificate in it");
    }
    return found;
  }

  static Age age(X509Certificate certificate, Instant now, Duration notice) {
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      return Age.NOT_YET;
    }
    if (!now.isBefore(end)) {
      return Age.ENDED;
    }
    return now.plus(notice).isBefore(end) ? Age.GOOD : Age.ENDING;
  }

  static boolean isFor(X509Certificate certificate, String host) {
    return names(certificate)
        .map(name -> name.toLowerCase(Locale.ROOT))
        .anyMatch(
            name ->
                name.equals(host.toLowerCase(Locale.ROOT))
                    || (name.startsWith("*.")
                        && host.indexOf('.') > 0
                        && name.substring(1)
                            .equals(host.substring(host.indexOf('.')).toLowerCase(Locale.ROOT))));
  }

  private static Stream<String> names(X509Certificate certificate) {
    try {
      return certificate.getSubjectAlternativeNames() == null
          ? Stream.of()
          : certificate.getSubjectAlternativeNames().stream()
              .filter(
                  name -> name.getFirst().equals(DNS_NAME) || name.getFirst().equals(IP_ADDRESS))
              .map(name -> String.valueOf(name.get(1)));
    } catch (CertificateParsingException e) {
      return Stream.of();
    }
  }

  /** The subject's common name, empty if it has none. */
  static String commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(part -> part.getType().equalsIgnoreCase("CN"))
              .map(part -> String.valueOf(part.getValue()))
              .findFirst()
              .orElse("");
    } catch (InvalidNameException e) {
      return "";
    }
  }

  static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}

package org.hourgate.app.check;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.infrastructure.tls.ServerTls;
import org.hourgate.infrastructure.tls.TlsException;

/** The customers' listener: its certificate, and who stands in front of it. */
final class ShopCheck {

  private static final Duration NOTICE = Duration.ofDays(14);

  private ShopCheck() {}

  static void look(HourgateConfig config, Instant now, Findings findings) {
    String host = config.gateway().publicUrl().getHost().replaceAll("[\\[\\]]", "");
    switch (config.shop().tls()) {
      case HourgateConfig.Tls.Files(Path certificate, Path key) ->
          tls(certificate, key, host, now, findings);
      case HourgateConfig.Tls.SelfSigned() -> {
        if (!isThisMachine(host)) {
          findings.warn(
              FindingCode.TLS_SELF_SIGNED,
              "shop.tls",
              "browsers warn customers of our self-signed certificate",
              "write shop.tls with a certificate of your own, or put a proxy in front");
        }
      }
      case HourgateConfig.Tls.Off() -> {}
    }
    proxies(config, host, findings);
  }

  private static void tls(Path certificate, Path key, String host, Instant now, Findings findings) {
    String subject = "shop.tls";
    try {
      ServerTls.load(certificate, key);
    } catch (TlsException e) {
      findings.error(
          FindingCode.TLS_UNUSABLE,
          subject,
          String.valueOf(e.getMessage()),
          "name a certificate and its own key, in PEM and without a password");
      return;
    }
    if (FileRights.isOpen(key)) {
      findings.warn(
          FindingCode.SECRET_OPEN, subject, key + " is open to other users", "chmod 600 " + key);
    }
    try {
      X509Certificate own =
          Certificates.read(Files.readString(certificate, StandardCharsets.ISO_8859_1)).getFirst();
      Instant end = own.getNotAfter().toInstant();
      switch (Certificates.age(own, now, NOTICE)) {
        case NOT_YET ->
            findings.error(
                FindingCode.TLS_EXPIRED,
                subject,
                certificate + " is good from " + own.getNotBefore().toInstant() + " only",
                "look at the clock, or use another one");
        case ENDED ->
            findings.error(
                FindingCode.TLS_EXPIRED,
                subject,
                certificate + " was good until " + end,
                "renew it");
        case ENDING ->
            findings.warn(
                FindingCode.TLS_EXPIRES,
                subject,
                certificate + " is good until " + end + " only",
                "renew it");
        case GOOD ->
            findings.ok(FindingCode.TLS, subject, certificate + " can be used, good until " + end);
      }
      if (!Certificates.isFor(own, host)) {
        findings.warn(
            FindingCode.TLS_NAME,
            subject,
            certificate + " is not for " + host + ", the host of gateway.public-url",
            "use a certificate for that name, or put a proxy with one in front");
      }
    } catch (IOException | CertificateException e) {
      findings.error(
          FindingCode.TLS_UNUSABLE, subject, certificate + ": " + e.getMessage(), "replace it");
    }
  }

  private static void proxies(HourgateConfig config, String host, Findings findings) {
    HourgateConfig.Shop shop = config.shop();
    if (shop.trustedProxies().stream().anyMatch(GatewayCheck::isEverybody)) {
      findings.error(
          FindingCode.PROXY_EVERYBODY,
          "shop.trusted-proxies",
          "believes half of the internet or more when it says for whom it speaks: no limit holds",
          "name the proxy's own address");
    }
    InetAddress listen = shop.listen().getAddress();
    boolean named =
        shop.trustedProxies().stream()
            .anyMatch(
                block ->
                    block.contains(InetAddress.ofLiteral("127.0.0.1"))
                        || block.contains(InetAddress.ofLiteral("::1")));
    if (listen != null && listen.isLoopbackAddress() && !isThisMachine(host) && !named) {
      findings.warn(
          FindingCode.PROXY_UNNAMED,
          "shop.trusted-proxies",
          "does not name the proxy on this machine, the only one who can reach shop.listen: all"
              + " visitors are this machine to us, and limits.exempt leaves it without limits",
          "write trusted-proxies: [\"" + listen.getHostAddress() + "\"]");
    }
  }

  private static boolean isThisMachine(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

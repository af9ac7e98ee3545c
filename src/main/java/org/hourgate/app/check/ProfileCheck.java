package org.hourgate.app.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.hourgate.shop.ProfileTemplate;

/** The template of customers' profiles, for itself and against the server it is for. */
final class ProfileCheck {

  private static final String DEFAULT_PORT = "1194";
  private static final List<String> TLS_KEYS = List.of("tls-auth", "tls-crypt", "tls-crypt-v2");

  private final String subject;
  private final OpenVpnSettings profile;
  private final Findings findings;

  private ProfileCheck(String subject, OpenVpnSettings profile, Findings findings) {
    this.subject = subject;
    this.profile = profile;
    this.findings = findings;
  }

  /** Looks; compares with the server if its settings could be seen. */
  static void look(
      String subject,
      Path file,
      Optional<OpenVpnConfiguration> configuration,
      Optional<OpenVpnSettings> server,
      Findings findings) {
    List<String> lines;
    try {
      var _ = ProfileTemplate.read(file);
      lines = Files.readAllLines(file);
    } catch (IllegalArgumentException | IOException e) {
      findings.error(
          FindingCode.PROFILE_UNUSABLE,
          subject,
          String.valueOf(e.getMessage()),
          "fill in all but {{NAME}}, {{USERNAME}} and {{PASSWORD}}");
      return;
    }
    Findings found = new Findings();
    ProfileCheck check =
        new ProfileCheck(
            subject, new OpenVpnSettings(OpenVpnConfigReader.lines(lines).directives(), 1), found);
    check.alone();
    if (configuration.isPresent() && server.isPresent()) {
      check.beside(configuration.get(), server.get());
    }
    if (found.all().isEmpty()) {
      found.ok(FindingCode.PROFILE, subject, file + " can be used");
    }
    findings.addAll(found.all());
  }

  private void alone() {
    if (profile.find("auth-retry").filter(line -> !line.is("none")).isPresent()) {
      findings.warn(
          FindingCode.PROFILE_RETRY,
          subject,
          "has auth-retry: after the end of their time clients ask again and again, and every"
              + " restart takes 10 s longer",
          "remove it");
    }
    if (profile.renegotiation() != 0) {
      findings.warn(
          FindingCode.PROFILE_RENEGOTIATION,
          subject,
          "lets clients renegotiate by a clock of their own, each hour if none is written",
          "write reneg-sec 0: the server says when");
    }
    boolean checked =
        profile.has("verify-x509-name")
            || profile.has("peer-fingerprint")
            || profile.find("remote-cert-tls").filter(line -> line.is("server")).isPresent();
    if (!checked) {
      findings.warn(
          FindingCode.PROFILE_SERVER_UNCHECKED,
          subject,
          "takes everybody with a certificate of that authority for the server",
          "write remote-cert-tls server");
    }
  }

  private void beside(OpenVpnConfiguration configuration, OpenVpnSettings server) {
    proto(server);
    port(server);
    for (String name : List.of("fragment", "tun-mtu")) {
      Optional<Integer> theirs = server.number(name);
      if (theirs.isPresent() && !theirs.equals(profile.number(name))) {
        findings.warn(
            name.equals("fragment") ? FindingCode.PROFILE_FRAGMENT : FindingCode.PROFILE_MTU,
            subject,
            "the server has %s %d, the profile does not".formatted(name, theirs.get()),
            "write the same into both, or remove it from the server");
      }
    }
    for (String name : TLS_KEYS) {
      tlsKey(name, configuration, server);
    }
    certificates(configuration, server);
  }

  private void proto(OpenVpnSettings server) {
    boolean tcp =
        profile.find("remote").filter(line -> line.arguments().size() > 2).isPresent()
            ? profile.find("remote").get().arguments().get(2).startsWith("tcp")
            : profile.isTcp();
    if (tcp != server.isTcp()) {
      findings.error(
          FindingCode.PROFILE_PROTO,
          subject,
          "speaks %s, the server %s".formatted(tcp ? "TCP" : "UDP", server.isTcp() ? "TCP" : "UDP"),
          "write proto " + (server.isTcp() ? "tcp-client" : "udp"));
    }
  }

  private void port(OpenVpnSettings server) {
    String theirs = value(server, "lport").or(() -> value(server, "port")).orElse(DEFAULT_PORT);
    String ours =
        profile
            .find("remote")
            .filter(line -> line.arguments().size() > 1)
            .map(line -> line.arguments().get(1))
            .or(() -> value(profile, "rport"))
            .or(() -> value(profile, "port"))
            .orElse(DEFAULT_PORT);
    if (!ours.equals(theirs)) {
      findings.warn(
          FindingCode.PROFILE_PORT,
          subject,
          "goes to port %s, the server listens on %s".formatted(ours, theirs),
          "write %s, unless a router hands %s on to %s".formatted(theirs, ours, theirs));
    }
  }

  private static Optional<String> value(OpenVpnSettings settings, String name) {
    return settings.find(name).flatMap(OpenVpnDirective::value);
  }

  private void tlsKey(String name, OpenVpnConfiguration configuration, OpenVpnSettings server) {
    if (server.has(name) != profile.has(name)) {
      findings.error(
          FindingCode.PROFILE_TLS_KEY,
          subject,
          server.has(name)
              ? "lacks the %s that the server has: nobody can connect".formatted(name)
              : "has a %s that the server lacks: nobody can connect".formatted(name),
          "write the same into both");
      return;
    }
    if (name.equals("tls-crypt-v2") || !server.has(name)) {
      return; // Of the second version the two keys differ.
    }
    Optional<String> theirs = key(server.find(name).orElseThrow(), configuration.folder());
    Optional<String> ours = key(profile.find(name).orElseThrow(), configuration.folder());
    if (theirs.isPresent() && ours.isPresent() && !theirs.equals(ours)) {
      findings.error(
          FindingCode.PROFILE_TLS_KEY,
          subject,
          "its %s is another than the server's: nobody can connect".formatted(name),
          "put the server's key into it");
    }
  }

  private static Optional<String> key(OpenVpnDirective line, Path folder) {
    try {
      String text =
          line.inline()
              ? line.value().orElse("")
              : Files.readString(
                  folder.resolve(line.value().orElse("")), StandardCharsets.ISO_8859_1);
      return Optional.of(
          String.join(
              "",
              text.lines().map(String::strip).filter(each -> each.matches("[0-9a-f]+")).toList()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void certificates(OpenVpnConfiguration configuration, OpenVpnSettings server) {
    List<X509Certificate> chain =
        OpenVpnCertificateCheck.read("cert", subject, configuration, server, new Findings());
    Optional<String> authorities =
        profile.find("ca").filter(OpenVpnDirective::inline).flatMap(OpenVpnDirective::value);
    if (chain.isEmpty()) {
      return;
    }
    if (authorities.isPresent() && !issued(chain, authorities.get())) {
      findings.error(
          FindingCode.PROFILE_CA,
          subject,
          "its ca did not sign the server's certificate: nobody can connect",
          "put the server's ca into it");
    }
    String name = Certificates.commonName(chain.getFirst());
    profile
        .find("verify-x509-name")
        .filter(line -> line.arguments().size() > 1)
        .filter(
            line ->
                switch (line.arguments().get(1)) {
                  case "name" -> !name.equals(line.arguments().getFirst());
                  case "name-prefix" -> !name.startsWith(line.arguments().getFirst());
                  default -> false;
                })
        .ifPresent(
            line ->
                findings.error(
                    FindingCode.PROFILE_SERVER_NAME,
                    subject,
                    "wants the server to be %s, its certificate says %s: nobody can connect"
                        .formatted(line.arguments().getFirst(), name),
                    "write verify-x509-name " + name + " name"));
  }

  private static boolean issued(List<X509Certificate> chain, String pem) {
    try {
      List<X509Certificate> authorities = Certificates.read(pem);
      return chain.stream()
          .anyMatch(
              link ->
                  authorities.stream()
                      .anyMatch(authority -> Certificates.isSignedBy(link, authority)));
    } catch (CertificateException e) {
      return false;
    }
  }
}

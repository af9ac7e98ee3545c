package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.hourgate.app.install.Pki;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A template of profiles beside the server it is for. */
final class ProfileCheckTest {

  private static final String KEY =
      "-----BEGIN OpenVPN Static key V1-----\n0123456789abcdef\n-----END OpenVPN Static key V1-----";

  @TempDir private Path folder;
  private Pki pki;
  private final List<String> profile = new ArrayList<>();
  private final List<String> server = new ArrayList<>();

  @BeforeEach
  void good() throws IOException {
    pki = Pki.create(folder, "vpn.example.org", Duration.ofDays(300));
    Path shipped = Path.of("openvpn-conf/client.ovpn.template");
    for (String line : Files.readAllLines(shipped)) {
      profile.addAll(
          line.replace("{{PROTO}}", "udp")
              .replace("{{HOST}}", "vpn.example.org")
              .replace("{{PORT}}", "1194")
              .replace("{{SERVER_NAME}}", "vpn.example.org")
              .replace("{{EXIT_NOTIFY}}", "1")
              .replace("{{CA}}", pki.caPem().strip())
              .replace("{{TLS_KEY}}", "")
              .lines()
              .toList());
    }
    server.addAll(List.of("proto udp", "port 1194", "ca ca.crt", "cert server.crt"));
  }

  private List<FindingCode> look() throws IOException {
    Path template =
        Files.writeString(folder.resolve("client.ovpn.template"), String.join("\n", profile));
    OpenVpnConfiguration read =
        OpenVpnConfigReader.file(
            Files.writeString(folder.resolve("server.conf"), String.join("\n", server)));
    return Codes.bad(
        findings ->
            ProfileCheck.look(
                "profile",
                template,
                Optional.of(read),
                Optional.of(new OpenVpnSettings(read.directives(), 1)),
                findings));
  }

  private List<FindingCode> lookWith(String line, String to) throws IOException {
    int at = profile.indexOf(line);
    assertThat(at).isNotNegative();
    profile.set(at, to);
    try {
      return look();
    } finally {
      profile.set(at, line);
    }
  }

  private List<FindingCode> lookWithServer(String... lines) throws IOException {
    server.addAll(Arrays.asList(lines));
    try {
      return look();
    } finally {
      server.subList(server.size() - lines.length, server.size()).clear();
    }
  }

  @Test
  void hasNothingAgainstTheOneWeShip() throws Exception {
    assertThat(look()).isEmpty();
  }

  @Test
  void findsWordsThatNobodyFillsIn() throws Exception {
    assertThat(lookWith("proto udp", "proto {{PROTO}}"))
        .containsExactly(FindingCode.PROFILE_UNUSABLE);
    assertThat(lookWith("{{PASSWORD}}", "secret")).containsExactly(FindingCode.PROFILE_UNUSABLE);
  }

  @Test
  void findsWhatIsBadForCustomers() throws Exception {
    assertThat(lookWith("persist-tun", "auth-retry nointeract"))
        .containsExactly(FindingCode.PROFILE_RETRY);
    assertThat(lookWith("persist-tun", "auth-retry none")).isEmpty();
    assertThat(lookWith("reneg-sec 0", "#")).containsExactly(FindingCode.PROFILE_RENEGOTIATION);
    assertThat(lookWith("remote-cert-tls server", "#")).isEmpty(); // The name is looked at.
    profile.remove("verify-x509-name vpn.example.org name");
    assertThat(lookWith("remote-cert-tls server", "#"))
        .containsExactly(FindingCode.PROFILE_SERVER_UNCHECKED);
  }

  @Test
  void findsADoorThatTheServerDoesNotHave() throws Exception {
    assertThat(lookWith("proto udp", "proto tcp-client"))
        .containsExactly(FindingCode.PROFILE_PROTO);
    assertThat(lookWith("remote vpn.example.org 1194", "remote vpn.example.org 1194 tcp"))
        .containsExactly(FindingCode.PROFILE_PROTO);
    assertThat(lookWith("remote vpn.example.org 1194", "remote vpn.example.org")).isEmpty();
    assertThat(lookWith("remote vpn.example.org 1194", "remote vpn.example.org 443"))
        .containsExactly(FindingCode.PROFILE_PORT);
    assertThat(lookWithServer("fragment 1300")).containsExactly(FindingCode.PROFILE_FRAGMENT);
    assertThat(lookWithServer("tun-mtu 1400")).containsExactly(FindingCode.PROFILE_MTU);
    profile.add("tun-mtu 1400");
    assertThat(lookWithServer("tun-mtu 1400")).isEmpty();
  }

  @Test
  void comparesKeysOfTls() throws Exception {
    Files.writeString(folder.resolve("tc.key"), "# made today\n" + KEY + "\n");
    assertThat(lookWithServer("tls-crypt tc.key")).containsExactly(FindingCode.PROFILE_TLS_KEY);

    profile.addAll(List.of("<tls-crypt>", KEY, "</tls-crypt>"));
    assertThat(lookWithServer("tls-crypt tc.key")).isEmpty();
    assertThat(look()).containsExactly(FindingCode.PROFILE_TLS_KEY);
    Files.writeString(folder.resolve("tc.key"), KEY.replace("0123", "3210"));
    assertThat(lookWithServer("tls-crypt tc.key")).containsExactly(FindingCode.PROFILE_TLS_KEY);
  }

  @Test
  void comparesCertificatesAndNames() throws Exception {
    assertThat(
            lookWith(
                "verify-x509-name vpn.example.org name", "verify-x509-name other.example.org name"))
        .containsExactly(FindingCode.PROFILE_SERVER_NAME);
    assertThat(
            lookWith("verify-x509-name vpn.example.org name", "verify-x509-name vpn name-prefix"))
        .isEmpty();

    Files.delete(pki.key());
    Files.delete(pki.tlsCryptKey());
    Pki.create(folder, "vpn.example.org", Duration.ofDays(300)); // Others, in the same files.
    assertThat(look()).containsExactly(FindingCode.PROFILE_CA);
  }
}

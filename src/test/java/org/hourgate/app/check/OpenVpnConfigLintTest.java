package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.check.OpenVpnConfigLint.LintFinding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OpenVpnConfigLintTest {

  private static final List<String> GOOD =
      """
      server 10.8.0.0 255.255.255.0
      dev tun
      verify-client-cert none
      username-as-common-name
      management /run/openvpn-server/gate.sock unix
      management-client-user hourgate
      management-client-auth
      management-hold
      management-log-cache 1000
      verb 3
      reneg-sec 86400
      keepalive 10 60
      explicit-exit-notify 1
      """
          .lines()
          .toList();

  @Test
  void hasNothingAgainstAGoodConfiguration() {
    assertThat(OpenVpnConfigLint.findings(GOOD, 1)).isEmpty();
  }

  @Test
  void hasNothingAgainstTheConfigurationWeShip() throws Exception {
    assertThat(
            OpenVpnConfigLint.findings(Files.readAllLines(Path.of("openvpn-conf/server.conf")), 1))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "auth-gen-token | true | auth-gen-token: a client with OpenVPN's token comes in without",
        "auth-gen-token 0 | true | auth-gen-token: a client with OpenVPN's token comes in without",
        "auth-gen-token 0 external-auth | false | auth-gen-token: its tokens die",
        "auth-user-pass-optional | true | auth-user-pass-optional: lets clients in without",
        "auth-user-pass-verify /bin/true via-file | true | auth-user-pass-verify: a second judge",
        "plugin /usr/lib/openvpn/openvpn-plugin-auth-pam.so login | true | plugin: a second judge",
        "plugin /usr/lib/openvpn/openvpn-plugin-down-root.so x | false | plugin: make sure",
        "management-client | true | management-client: makes OpenVPN the one who connects",
        "management-signal | true | management-signal: restarts OpenVPN",
        "management 127.0.0.1 7505 | true | management: every user of this machine owns the VPN",
        "management 127.0.0.1 7505 pw | false | management: every user of this machine may try",
        "management 0.0.0.0 7505 pw | true | management: clear text over the network",
        "hand-window 10 | true | hand-window: gives up before",
        "duplicate-cn | false | duplicate-cn: with one session per wallet",
        "script-security 3 | false | script-security: shows passwords",
        "verb 1 | false | verb: the log does not show",
        "management-log-cache 250 | false | management-log-cache: what happened",
        "reneg-sec 60 | false | reneg-sec: each renegotiation",
        "config more.conf | false | config: another file",
        "\"auth-user-pass-optional\" | true | auth-user-pass-optional: lets clients in without",
      })
  void findsWhatShouldNotBeThere(String line, boolean unsafe, String message) {
    List<String> lines = new ArrayList<>(GOOD);
    lines.add(line);

    List<LintFinding> findings = OpenVpnConfigLint.findings(lines, 1);

    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().unsafe()).isEqualTo(unsafe);
    assertThat(findings.getFirst().line()).isEqualTo(lines.size());
    assertThat(findings.getFirst().message()).startsWith(message);
  }

  @ParameterizedTest
  @CsvSource({
    "server 10.8.0.0 255.255.255.0, true, server is missing",
    "username-as-common-name, true, username-as-common-name is missing",
    "management-client-auth, true, management-client-auth is missing",
    "management /run/openvpn-server/gate.sock unix, true, management is missing",
    "management-client-user hourgate, false, management-client-user is missing",
    "management-hold, false, management-hold is missing",
    "management-log-cache 1000, false, management-log-cache 1000 is missing",
    "verify-client-cert none, false, verify-client-cert none is missing",
    "verb 3, false, verb 3 is missing",
    "reneg-sec 86400, false, reneg-sec 86400 is missing",
    "keepalive 10 60, false, keepalive 10 60 is missing",
    "explicit-exit-notify 1, false, explicit-exit-notify 1 is missing",
  })
  void findsWhatIsMissing(String line, boolean unsafe, String message) {
    List<String> lines = new ArrayList<>(GOOD);
    assertThat(lines.remove(line)).isTrue();

    List<LintFinding> findings = OpenVpnConfigLint.findings(lines, 1);

    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().unsafe()).isEqualTo(unsafe);
    assertThat(findings.getFirst()).asString().startsWith(message + ": ");
  }

  @Test
  void wantsDuplicateNamesForSeveralSessionsPerWallet() {
    assertThat(OpenVpnConfigLint.findings(GOOD, 2))
        .extracting(LintFinding::message)
        .containsExactly(
            "duplicate-cn is missing: with 2 sessions per wallet it is needed: each new device ends"
                + " the one before: write it");
  }

  @Test
  void wantsAPoolForTap() {
    List<String> lines = new ArrayList<>(GOOD);
    lines.replaceAll(line -> line.equals("dev tun") ? "dev tap0" : line);
    assertThat(OpenVpnConfigLint.findings(lines, 1)).isEmpty();

    lines.replaceAll(line -> line.startsWith("server ") ? "server-bridge" : line);
    assertThat(OpenVpnConfigLint.findings(lines, 1))
        .extracting(LintFinding::unsafe, LintFinding::message)
        .containsExactly(
            tuple(
                true,
                "ifconfig-pool is missing: with tap and no pool, live clients can't be told from"
                    + " those that wait: give a pool"));
  }

  @Test
  void readsWordsAsOpenVpnDoes() {
    List<String> lines =
        List.of(
            "  # comment",
            "; comment",
            "",
            "push \"route 10.0.0.0 255.0.0.0\" # why",
            "setenv A 'b c'",
            "x a\\ b",
            "<ca>",
            "duplicate-cn",
            "</ca>",
            "--verb 3");

    assertThat(OpenVpnDirective.parse(lines))
        .containsExactly(
            new OpenVpnDirective(4, "push", List.of("route 10.0.0.0 255.0.0.0")),
            new OpenVpnDirective(5, "setenv", List.of("A", "b c")),
            new OpenVpnDirective(6, "x", List.of("a b")),
            new OpenVpnDirective(10, "verb", List.of("3")));
  }
}

package org.hourgate.app.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigTemplateTest {

  @Test
  void putsValuesInAsTheyAre() {
    assertThat(
            new ConfigTemplate("remote {{HOST}} {{PORT}}\n")
                .fill(Map.of("HOST", "a$1\\b", "PORT", "1")))
        .isEqualTo("remote a$1\\b 1\n");
  }

  @Test
  void refusesAPlaceholderWithoutValue() {
    assertThatThrownBy(() -> new ConfigTemplate("{{HOST}}").fill(Map.of()))
        .hasMessage("no value for {{HOST}}");
  }

  @Test
  void refusesAValueWithoutPlaceholder() {
    assertThatThrownBy(() -> new ConfigTemplate("").fill(Map.of("HOST", "a")))
        .hasMessage("no placeholder for [HOST]");
  }

  @Test
  void keepsTheServersDecisionsWithTheGate() {
    String server = shipped(ConfigTemplate.SERVER);

    assertThat(server.lines())
        .contains(
            "management-client-user gate",
            "management-client-auth",
            "management-hold",
            "management-log-cache 1000",
            "verify-client-cert none",
            "username-as-common-name",
            "verb 3",
            "reneg-sec 86400",
            "hand-window 60",
            "keepalive 10 60",
            "explicit-exit-notify 1")
        .noneMatch(line -> line.startsWith("duplicate-cn"));
  }

  @Test
  void letsProfilesStopWhenTheyAreRefused() {
    assertThat(shipped(ConfigTemplate.CLIENT).lines())
        .contains("reneg-sec 0", "nobind")
        .noneMatch(line -> line.startsWith("auth-retry"));
  }

  private static String shipped(String name) {
    Map<String, String> values =
        name.equals(ConfigTemplate.SERVER)
            ? Map.ofEntries(
                Map.entry("DEVICE", "tun-gate"),
                Map.entry("PROTO", "udp"),
                Map.entry("PORT", "1194"),
                Map.entry("EXIT_NOTIFY", "1"),
                Map.entry("NETWORK", "10.88.0.0 255.255.0.0"),
                Map.entry("NETWORK6", "fd88::/64"),
                Map.entry("DNS", ""),
                Map.entry("CA", "ca.crt"),
                Map.entry("CERTIFICATE", "server.crt"),
                Map.entry("KEY", "server.key"),
                Map.entry("TLS_CRYPT_V2", "tls-crypt-v2.key"),
                Map.entry("MANAGEMENT_SOCKET", "/run/gate.sock"),
                Map.entry("GATE_USER", "gate"))
            : Map.of(
                "NAME", "Home gateway",
                "PROTO", "udp",
                "HOST", "vpn.example.org",
                "PORT", "1194",
                "EXIT_NOTIFY", "1",
                "SERVER_NAME", "vpn.example.org",
                "CA", "-----BEGIN CERTIFICATE-----",
                "TLS_KEY", "",
                "USERNAME", "0x0",
                "PASSWORD", "secret");
    return ConfigTemplate.shipped(name).fill(values);
  }
}

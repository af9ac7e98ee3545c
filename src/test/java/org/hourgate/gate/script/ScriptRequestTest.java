package org.hourgate.gate.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScriptRequestTest {

  static final String LINE =
      line("openvpn_acf_0a1f.tmp", "openvpn_afr_77.tmp", "4711", "", "0xAb", "secret");

  static String line(
      String control, String reason, String pid, String tunnel, String user, String password) {
    return String.join(
        "\t",
        "2",
        control,
        reason,
        pid,
        "192.0.2.7",
        "5555",
        tunnel,
        "990",
        "Tunnelblick 4",
        "mac",
        "",
        "",
        user,
        password);
  }

  @Test
  void speaksAsAConnectBlockDoes() {
    ScriptRequest request = ScriptRequest.parse(LINE).orElseThrow();

    assertThat(request.environment().variables())
        .isEqualTo(
            Map.of(
                "username", "0xAb",
                "password", "secret",
                "untrusted_ip", "192.0.2.7",
                "untrusted_port", "5555",
                "IV_PROTO", "990",
                "IV_GUI_VER", "Tunnelblick 4",
                "IV_PLAT", "mac"));
    assertThat(request.isRenewal()).isFalse();
    assertThat(request.pid()).isEqualTo(4711);
  }

  @Test
  void understandsTheScriptThatKnewNothingOfTheProgram() {
    ScriptRequest request =
        ScriptRequest.parse("1" + LINE.replace("\tTunnelblick 4\tmac", "").substring(1))
            .orElseThrow();

    assertThat(request.environment().variables()).doesNotContainKeys("IV_GUI_VER", "IV_PLAT");
    assertThat(request.username()).isEqualTo("0xAb");
    assertThat(request.password()).isEqualTo("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7:5555, true",
    "192.0.2.7, udp4:192.0.2.7:5555, true",
    "192.0.2.7, tcp4-server:192.0.2.7:5555, true",
    "192.0.2.7, 192.0.2.7:5556, false",
    "192.0.2.7, 192.0.2.7, false",
    "192.0.2.7, 1192.0.2.7:5555, false",
    "2001:db8::7, 2001:db8::7, true",
    "2001:db8::7, udp6:[2001:db8::7]:5555, true",
    "2001:db8::7, udp6:[2001:db8::7]:5556, false",
    "fe80::7%eth0, fe80::7, true",
    "2001:db8::7, 2001:db8::8, false"
  })
  void knowsItsClientByWhatTheStatusTells(String source, String realAddress, boolean same) {
    ScriptRequest request = ScriptRequest.parse(LINE.replace("192.0.2.7", source)).orElseThrow();

    assertThat(request.isFrom(realAddress)).isEqualTo(same);
  }

  @Test
  void keepsTheWordsOfAClientAsTheyAre() {
    String user = " $(id)`x`\"'\\ =;é ";
    ScriptRequest request =
        ScriptRequest.parse(line("openvpn_acf_1.tmp", "openvpn_afr_2.tmp", "1", "", user, " p \\ "))
            .orElseThrow();

    assertThat(request.username()).isEqualTo(user);
    assertThat(request.password()).isEqualTo(" p \\ ");
  }

  @Test
  void knowsARenewalByItsAddressInTheTunnel() {
    assertThat(
            ScriptRequest.parse(
                    line("openvpn_acf_1.tmp", "openvpn_afr_2.tmp", "1", "10.8.0.2", "u", "p"))
                .orElseThrow()
                .isRenewal())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../etc/passwd",
        "openvpn_acf_../x.tmp",
        "openvpn_acf_.tmp",
        "openvpn_acf_AB.tmp",
        "openvpn_afr_ab.tmp",
        "openvpn_acf_ab.tmp/x",
        ""
      })
  void takesNoFileButOpenVpnsOwn(String control) {
    assertThat(ScriptRequest.parse(line(control, "openvpn_afr_2.tmp", "1", "", "u", "p")))
        .isEmpty();
  }

  @Test
  void takesNoLineOfAnotherShape() {
    assertThat(ScriptRequest.parse("")).isEmpty();
    assertThat(ScriptRequest.parse("1" + LINE.substring(1))).isEmpty();
    assertThat(ScriptRequest.parse(LINE + "\tmore")).isEmpty();
    assertThat(ScriptRequest.parse(LINE.substring(0, LINE.lastIndexOf('\t')))).isEmpty();
    assertThat(ScriptRequest.parse(LINE.replace("4711", "-1"))).isEmpty();
    assertThat(ScriptRequest.parse(LINE.replace("4711", "99999999999"))).isEmpty();
  }

  @Test
  void showsNoPassword() {
    assertThat(ScriptRequest.parse(LINE).orElseThrow().toString()).doesNotContain("secret");
  }
}

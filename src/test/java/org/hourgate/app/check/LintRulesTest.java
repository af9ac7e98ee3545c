package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.hourgate.app.check.LintFinding.Weight;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every trap, walked into and not. */
final class LintRulesTest {

  private static final List<String> GOOD =
      """
      server 10.8.0.0 255.255.248.0
      topology subnet
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
      connect-freq-initial 1000 10
      push "redirect-gateway def1"
      """
          .lines()
          .toList();

  private static final Set<FindingCode> SEEN = new TreeSet<>();

  private static List<LintFinding> findings(List<String> lines, int sessionsPerWallet) {
    List<LintFinding> found =
        new OpenVpnSettings(OpenVpnConfigReader.lines(lines).directives(), sessionsPerWallet)
            .lint();
    found.forEach(finding -> SEEN.add(finding.code()));
    return found;
  }

  private static List<String> goodAnd(String line) {
    List<String> lines = new ArrayList<>(GOOD);
    lines.add(line);
    return lines;
  }

  private static List<String> goodBut(String from, String to) {
    List<String> lines = new ArrayList<>(GOOD);
    lines.replaceAll(line -> line.startsWith(from) ? to : line);
    assertThat(lines).isNotEqualTo(GOOD);
    return lines;
  }

  @AfterAll
  static void everyRuleWasTried() {
    assertThat(SEEN).containsAll(LintRules.MANAGEMENT.stream().map(LintRule::code).toList());
    assertThat(SEEN).containsAll(LintRules.SCRIPT.stream().map(LintRule::code).toList());
  }

  @Test
  void haveNothingAgainstAGoodConfiguration() {
    assertThat(findings(GOOD, 1)).isEmpty();
  }

  @Test
  void haveNothingAgainstTheConfigurationWeShip() throws Exception {
    assertThat(findings(Files.readAllLines(Path.of("openvpn-conf/server.conf")), 1)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "auth-gen-token | UNSAFE | TOKENS_BYPASS",
        "auth-gen-token 0 | UNSAFE | TOKENS_BYPASS",
        "auth-gen-token 0 external-auth | ADVICE | TOKENS_DIE",
        "auth-user-pass-optional | UNSAFE | LOGIN_OPTIONAL",
        "\"auth-user-pass-optional\" | UNSAFE | LOGIN_OPTIONAL",
        "--auth-user-pass-optional | UNSAFE | LOGIN_OPTIONAL",
        "setenv opt auth-user-pass-optional | UNSAFE | LOGIN_OPTIONAL",
        "auth-user-pass-verify /bin/true via-file | UNSAFE | SECOND_JUDGE_SCRIPT",
        "plugin /usr/lib/openvpn/openvpn-plugin-auth-pam.so login | UNSAFE | SECOND_JUDGE_PLUGIN",
        "plugin /usr/lib/openvpn/openvpn-plugin-down-root.so x | ADVICE | PLUGIN",
        "client-connect /bin/true | ADVICE | SECOND_JUDGE_LATE",
        "tls-verify /bin/true | ADVICE | SECOND_JUDGE_LATE",
        "script-security 3 | ADVICE | SCRIPTS_SEE_PASSWORDS",
        "ccd-exclusive | WRONG | CLIENT_FILES_EXCLUSIVE",
        "duplicate-cn | ADVICE | DUPLICATE_NAMES",
        "verify-client-cert require | ADVICE | CLIENT_CERTIFICATE",
        "management-client | UNSAFE | MANAGEMENT_CALLS",
        "management-signal | UNSAFE | MANAGEMENT_SIGNAL",
        "management-query-passwords | WRONG | MANAGEMENT_ASKS",
        "management-external-key nopadding | WRONG | MANAGEMENT_ASKS",
        "management-external-cert x | WRONG | MANAGEMENT_ASKS",
        "management 127.0.0.1 7505 | UNSAFE | MANAGEMENT_OPEN",
        "management localhost 7505 | UNSAFE | MANAGEMENT_OPEN",
        "management 127.0.0.1 7505 pw | ADVICE | MANAGEMENT_TCP",
        "management 0.0.0.0 7505 pw | UNSAFE | MANAGEMENT_CLEAR",
        "management tunnel 7505 pw | UNSAFE | MANAGEMENT_IN_TUNNEL",
        "management-log-cache 250 | ADVICE | LOG_CACHE_SHORT",
        "mute 20 | ADVICE | LOG_MUTED",
        "verb 1 | ADVICE | VERB_LOW",
        "verb 5 | ADVICE | VERB_HIGH",
        "server 10.8.0.0 255.255.255.0 | ADVICE | POOL_SMALL",
        "server 10.8.0.0 255.255.248.0 nopool | WRONG | POOL_MISSING",
        "topology net30 | ADVICE | TOPOLOGY",
        "client-to-client | ADVICE | CLIENT_TO_CLIENT",
        "connect-freq 5 10 | ADVICE | CONNECT_FREQ",
        "connect-freq-initial 100 10 | ADVICE | CONNECT_FREQ_INITIAL",
        "inactive 300 | ADVICE | INACTIVE",
        "session-timeout 3600 | WRONG | SESSION_TIMEOUT",
        "single-session | WRONG | SINGLE_SESSION",
        "compress lz4-v2 | ADVICE | COMPRESSION",
        "comp-lzo | ADVICE | COMPRESSION",
        "fragment 1300 | WRONG | FRAGMENT",
        "tun-mtu 1400 | ADVICE | TUNNEL_MTU",
        "hand-window 10 | UNSAFE | HAND_WINDOW_SHORT",
        "reneg-sec 0 | ADVICE | RENEGOTIATION_NEVER",
        "reneg-sec 3599 | ADVICE | RENEGOTIATION_OFTEN",
        "reneg-bytes 1000000 | ADVICE | RENEGOTIATION_BY_TRAFFIC",
        "reneg-pkts 1000000 | ADVICE | RENEGOTIATION_BY_TRAFFIC",
        "data-ciphers AES-256-GCM:BF-CBC | ADVICE | CIPHER_WEAK",
        "data-ciphers-fallback BF-CBC | ADVICE | CIPHER_WEAK",
        "cipher none | ADVICE | CIPHER_WEAK",
        "auth none | ADVICE | CIPHER_WEAK",
        "ncp-disable | ADVICE | CIPHER_WEAK",
        "tls-version-min 1.0 | ADVICE | TLS_OLD",
        "tls-cipher DEFAULT:@SECLEVEL=0 | ADVICE | TLS_WEAK",
        "secret static.key | UNSAFE | STATIC_KEY",
      })
  void findWhatShouldNotBeThere(String line, Weight weight, FindingCode code) {
    List<LintFinding> findings = findings(goodAnd(line), 1);

    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().code()).isEqualTo(code);
    assertThat(findings.getFirst().weight()).isEqualTo(weight);
    if (!line.startsWith("server")) {
      assertThat(findings.getFirst().where()).isEqualTo("line " + (GOOD.size() + 1));
    }
    assertThat(findings.getFirst().change()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "auth-gen-token-secret /x",
        "script-security 2",
        "verify-client-cert none",
        "management /run/other.sock unix",
        "management-client-group hourgate",
        "management-log-cache 2000",
        "mute 0",
        "verb 4",
        "server 10.8.0.0 255.255.0.0",
        "topology subnet",
        "max-clients 500",
        "connect-freq 1000 10",
        "connect-freq-initial 500 5",
        "inactive 0",
        "session-timeout 0",
        "fragment 0",
        "tun-mtu 1500",
        "hand-window 11",
        "hand-window 60",
        "reneg-sec 3600",
        "reneg-sec 7200 3600",
        "data-ciphers AES-256-GCM:CHACHA20-POLY1305:AES-128-CBC",
        "cipher AES-256-CBC",
        "auth SHA256",
        "tls-version-min 1.3",
        "tls-cipher TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384",
        "push \"dhcp-option DNS 9.9.9.9\"",
        "setenv opt block-outside-dns",
        "setenv duplicate-cn 1",
        "# duplicate-cn",
        "; auth-user-pass-optional",
      })
  void leaveTheHarmlessNeighboursOfTrapsAlone(String line) {
    assertThat(findings(goodAnd(line), 1)).isEmpty();
  }

  @Test
  void takeTheLastOfTwoLinesForTheOneThatCounts() {
    List<String> lines = goodAnd("hand-window 5");
    lines.add("hand-window 60");

    assertThat(findings(lines, 1)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "server 10.8.0.0 255.255.248.0, UNSAFE, NOT_A_SERVER",
    "username-as-common-name, UNSAFE, NAME_NOT_WALLET",
    "management-client-auth, UNSAFE, CLIENT_AUTH_MISSING",
    "management /run/openvpn-server/gate.sock unix, UNSAFE, MANAGEMENT_MISSING",
    "management-client-user hourgate, ADVICE, MANAGEMENT_ANYBODY",
    "management-hold, ADVICE, HOLD_MISSING",
    "management-log-cache 1000, ADVICE, LOG_CACHE_SHORT",
    "verify-client-cert none, ADVICE, CLIENT_CERTIFICATE",
    "verb 3, ADVICE, VERB_LOW",
    "reneg-sec 86400, ADVICE, RENEGOTIATION_OFTEN",
    "keepalive 10 60, ADVICE, KEEPALIVE_MISSING",
    "topology subnet, ADVICE, TOPOLOGY",
    "explicit-exit-notify 1, ADVICE, EXIT_NOTIFY_MISSING",
    "connect-freq-initial 1000 10, ADVICE, CONNECT_FREQ_INITIAL",
  })
  void findWhatIsMissing(String line, Weight weight, FindingCode code) {
    List<String> lines = new ArrayList<>(GOOD);
    assertThat(lines.remove(line)).isTrue();

    List<LintFinding> findings =
        findings(lines, 1).stream()
            // A tunnel that is no server's pushes nothing either.
            .filter(finding -> finding.code() != FindingCode.NO_WAY_OUT)
            .toList();

    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().code()).isEqualTo(code);
    assertThat(findings.getFirst().weight()).isEqualTo(weight);
    assertThat(findings.getFirst().where()).isEmpty();
    assertThat(findings.getFirst()).asString().startsWith(line.split(" ", 2)[0]);
  }

  @Test
  void wantDuplicateNamesForSeveralSessionsPerWallet() {
    assertThat(findings(GOOD, 2))
        .extracting(LintFinding::code, LintFinding::toString)
        .containsExactly(
            tuple(
                FindingCode.DUPLICATE_NAMES_MISSING,
                "duplicate-cn is missing: with several sessions per wallet it is needed: each new"
                    + " device ends the one before: write duplicate-cn"));
    assertThat(findings(goodAnd("duplicate-cn"), 2)).isEmpty();
  }

  @Test
  void wantAPoolForTap() {
    List<String> lines = goodBut("dev tun", "dev tap0");
    assertThat(findings(lines, 1)).isEmpty();

    lines.replaceAll(line -> line.startsWith("server ") ? "server-bridge" : line);
    assertThat(findings(lines, 1))
        .extracting(LintFinding::code, LintFinding::weight)
        .containsExactly(tuple(FindingCode.POOL_MISSING, Weight.UNSAFE));
    lines.add("ifconfig-pool 10.8.0.10 10.8.0.250 255.255.255.0");
    assertThat(findings(lines, 1)).isEmpty();
  }

  @Test
  void wantTheTrafficToGoThroughTheServer() {
    assertThat(findings(goodBut("push ", "push \"dhcp-option DNS 9.9.9.9\""), 1))
        .extracting(LintFinding::code)
        .containsExactly(FindingCode.NO_WAY_OUT);
    assertThat(findings(goodBut("push ", "# nothing is pushed"), 1))
        .extracting(LintFinding::code)
        .containsExactly(FindingCode.NO_WAY_OUT);
    assertThat(findings(goodBut("push ", "push \"route 192.0.2.0 255.255.255.0\""), 1)).isEmpty();
  }

  @Test
  void wantNoFarewellByTcp() {
    List<String> lines = goodAnd("proto tcp-server");
    assertThat(findings(lines, 1))
        .extracting(LintFinding::code)
        .containsExactly(FindingCode.EXIT_NOTIFY_TCP);

    lines.add("explicit-exit-notify 0");
    assertThat(findings(lines, 1)).isEmpty();
    lines.removeIf(line -> line.startsWith("explicit-exit-notify"));
    lines.removeIf(line -> line.startsWith("connect-freq-initial"));
    assertThat(findings(lines, 1)).isEmpty();
  }

  @Test
  void compareTheRenewalOfTokensAndOfKeysWithTheHandWindow() {
    List<String> lines = goodAnd("auth-gen-token-secret /x");
    lines.add("auth-gen-token 0 119 external-auth");
    assertThat(findings(lines, 1))
        .extracting(LintFinding::code)
        .containsExactly(FindingCode.TOKENS_RENEWAL);
    lines.add("hand-window 59");
    assertThat(findings(lines, 1)).isEmpty();

    assertThat(findings(goodAnd("reneg-sec 60"), 1))
        .extracting(LintFinding::code)
        .containsExactlyInAnyOrder(
            FindingCode.RENEGOTIATION_OFTEN, FindingCode.RENEGOTIATION_WINDOW);
  }

  @Test
  void tellWhatASignatureOnThePageHasToDoWithTheRenewalOfKeys() {
    assertThat(findings(goodAnd("reneg-sec 240"), 1))
        .singleElement()
        .asString()
        .contains("credential.web-sign-in-time", "write reneg-sec 86400");
  }

  @Test
  void knowWhatPathOpenVpnCuts() {
    String path = "/" + "x".repeat(106);

    assertThat(findings(goodAnd("management " + path + " unix"), 1)).isEmpty();
    assertThat(findings(goodAnd("management " + path + "x unix"), 1))
        .extracting(LintFinding::code)
        .containsExactly(FindingCode.MANAGEMENT_PATH_LONG);
  }

  private static List<String> byScript(String... but) {
    List<String> lines = new ArrayList<>(GOOD);
    lines.remove("management-client-auth");
    lines.add("script-security 2");
    lines.add("tmp-dir /run/hourgate/udp");
    lines.add("auth-user-pass-verify /opt/auth-user-pass-verify via-file");
    lines.add("client-connect /opt/client-connect");
    for (String line : but) {
      String name = line.split(" ", 2)[0];
      lines.removeIf(other -> other.split(" ", 2)[0].equals(name));
      if (!line.equals(name) || name.equals("management-client-auth")) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static List<FindingCode> scriptFindings(List<String> lines) {
    List<LintFinding> found =
        new OpenVpnSettings(
                OpenVpnConfigReader.lines(lines).directives(),
                1,
                Optional.of(Path.of("/run/hourgate/udp")))
            .lint();
    found.forEach(finding -> SEEN.add(finding.code()));
    return found.stream().map(LintFinding::code).toList();
  }

  @Test
  void knowWhatScriptsNeed() {
    assertThat(scriptFindings(byScript())).isEmpty();
    assertThat(scriptFindings(byScript("management-client-auth")))
        .containsExactly(FindingCode.SCRIPT_AND_MANAGEMENT);
    assertThat(scriptFindings(byScript("auth-user-pass-verify")))
        .containsExactly(FindingCode.SCRIPT_VERIFY);
    assertThat(scriptFindings(byScript("auth-user-pass-verify /opt/x via-env")))
        .containsExactly(FindingCode.SCRIPT_VERIFY);
    assertThat(scriptFindings(byScript("client-connect")))
        .containsExactly(FindingCode.SCRIPT_CONNECT);
    assertThat(scriptFindings(byScript("tmp-dir"))).containsExactly(FindingCode.SCRIPT_FOLDER);
    assertThat(scriptFindings(byScript("tmp-dir /tmp"))).containsExactly(FindingCode.SCRIPT_FOLDER);
    assertThat(scriptFindings(byScript("script-security")))
        .containsExactly(FindingCode.SCRIPT_SECURITY);
  }

  /** Level 1 runs no script: nobody would get in. */
  @Test
  void adviseNoScriptSecurityThatKeepsOurScriptsFromRunning() {
    List<LintFinding> found =
        new OpenVpnSettings(
                OpenVpnConfigReader.lines(byScript("script-security 3")).directives(),
                1,
                Optional.of(Path.of("/run/hourgate/udp")))
            .lint();

    assertThat(found)
        .extracting(LintFinding::code, LintFinding::change)
        .containsExactly(tuple(FindingCode.SCRIPTS_SEE_PASSWORDS, "write script-security 2"));
    found.forEach(finding -> SEEN.add(finding.code()));
  }

  @Test
  void putTheUnsafeFirst() {
    List<String> lines = goodAnd("verb 1");
    lines.add("auth-user-pass-optional");

    assertThat(findings(lines, 1))
        .extracting(LintFinding::weight)
        .containsExactly(Weight.UNSAFE, Weight.ADVICE);
    assertThat(new OpenVpnSettings(OpenVpnConfigReader.lines(lines).directives(), 1).unsafe())
        .containsExactly(
            "line 18: auth-user-pass-optional: lets clients in without user name and password:"
                + " remove it");
  }
}

package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ResourceAccessMode.READ_WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.RawController;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code hourgate check} beside real OpenVPN processes and nodes, with and without a gate. */
@ResourceLock(value = "the gate", mode = READ_WRITE)
final class DoctorIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  /**
   * What is so in every lab: an old OpenVPN, certificates for a day, a page for tests, maybe more.
   */
  private static final List<String> OF_THIS_MACHINE =
      List.of(
          "openvpn_old",
          "openvpn_certificate_expires",
          "openvpn_offload",
          "clock_unsynchronised",
          "public_url_http",
          "offers_none");

  @TempDir private Path folder;

  /** A command's exit code and what it found. */
  private record Report(int exitCode, List<JsonNode> findings) {

    /** Codes of what is not well, by subject. */
    Map<String, List<String>> bad() {
      Map<String, List<String>> bad = new LinkedHashMap<>();
      for (JsonNode finding : findings) {
        String code = finding.get("code").asString();
        if (!finding.get("level").asString().equals("ok") && !OF_THIS_MACHINE.contains(code)) {
          assertThat(finding.get("change").asString()).isNotBlank();
          bad.computeIfAbsent(finding.get("subject").asString(), _ -> new ArrayList<>()).add(code);
        }
      }
      return bad;
    }

    List<String> codes(String subject) {
      return findings.stream()
          .filter(finding -> finding.get("subject").asString().equals(subject))
          .map(finding -> finding.get("code").asString())
          .toList();
    }

    String messages() {
      return findings.toString();
    }
  }

  private static Report check(String... settings) throws Exception {
    Cli.Result result = Cli.run(arguments(settings));
    assertThat(result.err()).doesNotContain("Exception");
    return report(result.exitCode(), result.out());
  }

  private static String[] arguments(String... settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of("check", "--json", "--config", lab.gateway().configuration().toString()));
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    return arguments.toArray(String[]::new);
  }

  private static Report report(int exitCode, String json) {
    JsonNode root = JsonMapper.shared().readTree(json);
    assertThat(root.get("ok").asBoolean()).isEqualTo(exitCode == 0);
    return new Report(exitCode, root.get("findings").valueStream().toList());
  }

  /** Every file of the lab: when it was changed, how long it is, who may do what. */
  private static Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(lab.gateway().network().directory())) {
      for (Path file : files.toList()) {
        tree.put(
            file.toString(),
            Files.getLastModifiedTime(file)
                + " "
                + (Files.isRegularFile(file) ? Files.size(file) : "")
                + " "
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    return tree;
  }

  /** Who has called OpenVPN's management socket so far. */
  private static long calls() {
    return lab.server().output().lines().stream()
        .filter(line -> line.text().contains("MANAGEMENT: Client connected"))
        .count();
  }

  @Test
  void leavesOpenVpnAloneWhileTheGateIsAttached() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login")) {
      long calls = calls();

      Report report = check();

      assertThat(report.exitCode()).as(report.messages()).isZero();
      assertThat(report.bad()).isEmpty();
      // By the shared socket: nobody can know it otherwise.
      assertThat(report.codes("openvpn udp")).containsExactly("openvpn_held", "openvpn_old");
      assertThat(report.codes("openvpn udp configuration")).contains("openvpn_config");
      assertThat(report.codes("hourgate")).containsExactly("gate");
      assertThat(calls()).isEqualTo(calls);
      visit.assertUndisturbed();
    }
  }

  @Test
  void changesNothingWhileNoGateIsThere() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(wallet, "login")) {
      lab.gateway().stopGate();
      Map<String, String> before = tree();
      List<String> daemon = daemonState();

      Report report = check();

      assertThat(report.exitCode()).as(report.messages()).isZero();
      assertThat(report.bad()).isEmpty();
      assertThat(report.codes("openvpn udp")).containsExactly("openvpn_old");
      assertThat(report.codes("hourgate")).containsExactly("gate");
      assertThat(daemonState()).isEqualTo(daemon);
      assertThat(tree()).isEqualTo(before);
      visit.assertUndisturbed();
    }
    lab.startGate();
  }

  /** Settings that a controller could have changed, and who is connected. */
  private static List<String> daemonState() throws IOException {
    List<String> state = new ArrayList<>();
    try (RawController controller = new RawController(lab.server().managementSocket())) {
      for (String question : List.of("pid", "hold", "verb", "log", "state", "bytecount")) {
        state.addAll(controller.ask(question));
      }
      controller.ask("status 3").stream()
          .filter(line -> line.startsWith("CLIENT_LIST"))
          .map(line -> line.split("\t", -1))
          .forEach(row -> state.add(String.join(" ", row[1], row[2], row[3], row[8], row[10])));
    }
    return state;
  }

  @Test
  void looksAtTheProcessWhileSomebodyElseIsAttached() throws Exception {
    lab.gateway().stopGate();
    try (RawController other = new RawController(lab.server().managementSocket())) {
      assertThat(other.ask("pid")).containsExactly("SUCCESS: pid=" + lab.server().pid());

      Report report = check();

      assertThat(report.exitCode()).as(report.messages()).isEqualTo(4);
      assertThat(report.bad()).isEqualTo(Map.of("openvpn udp", List.of("openvpn_occupied")));
      assertThat(report.codes("openvpn udp configuration")).contains("openvpn_config");
      assertThat(other.ask("pid")).containsExactly("SUCCESS: pid=" + lab.server().pid());
    }
    lab.startGate();
  }

  @Test
  void saysWhatItMayNotOpen() throws Exception {
    Path others = Files.createDirectory(folder.resolve("others"));
    Files.setAttribute(others, "unix:uid", 65_534);
    Files.setPosixFilePermissions(others, PosixFilePermissions.fromString("rwx------"));
    String gate = "admin.socket=" + others.resolve("admin.sock");
    String openvpn = "openvpn[0].management=unix:" + others.resolve("gate.sock");

    Report running = asAnOrdinaryUser(gate, openvpn);
    assertThat(running.bad().get("hourgate")).containsExactly("gate_closed_to_us");
    assertThat(running.codes("openvpn udp")).containsExactly("openvpn_held");

    lab.gateway().stopGate();
    Report stopped = asAnOrdinaryUser(openvpn);
    assertThat(stopped.exitCode()).isEqualTo(3);
    assertThat(stopped.bad().get("openvpn udp")).containsExactly("openvpn_turned_away");
    lab.startGate();
  }

  /** Without root's right to open everything. */
  private static Report asAnOrdinaryUser(String... settings) {
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search"));
    command.addAll(Cli.line(arguments(settings)));
    try (LabProcess process = LabProcess.start("hourgate check", command)) {
      int exitCode = process.awaitExit(Lab.LONG);
      return report(exitCode, String.join("\n", lines(process)));
    }
  }

  @Test
  void findsTheTrapsOfARealServer() throws Exception {
    Path included =
        Files.writeString(
            lab.gateway().network().directory().resolve("more.conf"),
            "# a second file\nhand-window 5\nverb 5\n");
    try (OpenVpnServer bad =
        lab.another("bad")
            .line("config \"" + included + "\"")
            .line("setenv opt auth-user-pass-optional")
            .line("auth-gen-token 3600")
            .line("client-to-client")
            .line("tun-mtu 1400")
            .line("server 10.88.0.0 255.255.255.0")
            .start()) {
      lab.gateway().stopGate();

      Report report =
          check(
              "openvpn[1].name=bad",
              "openvpn[1].management=unix:" + bad.managementSocket(),
              "openvpn[1].profile-template=" + profileOfTheOtherServer());

      assertThat(report.exitCode()).as(report.messages()).isEqualTo(3);
      assertThat(report.codes("openvpn bad configuration").stream().filter(DoctorIT::isTrap))
          .containsExactlyInAnyOrder(
              "login_optional",
              "tokens_bypass",
              "hand_window_short",
              "verb_high",
              "client_to_client",
              "tunnel_mtu",
              "pool_small");
      assertThat(report.messages()).contains(included + " line 2: hand-window");
      // At this verb OpenVPN prints what it has read itself.
      for (String setting :
          List.of(
              "handshake_window = 5", "enable_c2c = ENABLED", "auth_token_generate = ENABLED")) {
        assertThat(bad.output().last(setting)).as(setting).isPresent();
      }
      assertThat(report.codes("openvpn bad")).contains("openvpn_networks_overlap");
      assertThat(report.codes("openvpn bad profile-template"))
          .containsExactlyInAnyOrder(
              "profile_port", "profile_mtu", "profile_ca", "profile_server_name");
      // The one beside it is as good as ever.
      assertThat(report.codes("openvpn udp configuration")).contains("openvpn_config");
    }
    lab.startGate();
  }

  private static boolean isTrap(String code) {
    return !code.equals("openvpn_certificate") && !OF_THIS_MACHINE.contains(code);
  }

  private static Path profileOfTheOtherServer() {
    return lab.gateway().network().directory().resolve("client.ovpn.template");
  }

  @Test
  void comparesTheNodes() throws Exception {
    String good = lab.gateway().anvil().rpc().toString();
    String dead = "http://127.0.0.1:" + LabGateway.freePort();
    try (Anvil other = Anvil.start(Anvil.Options.standard())) {
      other.call("anvil_setChainId", 5);

      Report report =
          check("chain.rpc=" + String.join(",", good, "" + other.rpc(), dead), "chain.quorum=2");

      assertThat(report.exitCode()).as(report.messages()).isEqualTo(3);
      assertThat(report.bad())
          .isEqualTo(
              Map.of(
                  "chain " + other.rpc(),
                  List.of("chain_id"),
                  "chain " + dead,
                  List.of("chain_away"),
                  "chain.quorum",
                  List.of("chain_quorum_short")));
    }
  }

  @Test
  void looksAtTheFirewallOfItsOwnNetworkAlone() throws Exception {
    lab.gateway().stopGate();
    // Without the chain, which is outside.
    assertThat(inNetworkOfServer().codes("firewall"))
        .contains("firewall_open", "masquerade_missing");

    Path rules = Files.writeString(folder.resolve("gate.nft"), shippedRules());
    inServer("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    inServer("nft", "-f", rules.toString());
    assertThat(inNetworkOfServer().codes("firewall")).containsExactly("firewall");

    inServer("sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward");
    assertThat(inNetworkOfServer().codes("firewall")).containsExactly("forwarding_off", "firewall");
    inServer("nft", "flush", "ruleset");
    lab.startGate();
  }

  /** The rules that are shipped, for the lab's device and wire. */
  private static String shippedRules() throws IOException {
    return """
        define tunnel = "tun-udp"
        define wan = { "wire" }
        define network4 = 10.88.0.0/16
        define network6 = fd88::/64
        define server4 = 10.88.0.1
        define server6 = fd88::1
        define gateway4 = 10.99.0.1-10.99.255.254
        define gateway6 = fe80::1-fe80::2
        define tunnel_ports = { 80 }
        define page_ports = { 8443 }
        define seen = 0x10000000
        """
        + Files.readString(Path.of("openvpn-conf/gate.nft"));
  }

  private static Report inNetworkOfServer() {
    try (LabProcess process =
        LabProcess.start(
            "hourgate check", lab.gateway().network().server().command(Cli.line(arguments())))) {
      int exitCode = process.awaitExit(Lab.LONG);
      return report(exitCode, String.join("\n", lines(process)));
    }
  }

  private static List<String> lines(LabProcess process) {
    return process.output().lines().stream().map(line -> line.text()).toList();
  }

  private static void inServer(String... command) {
    try (LabProcess process =
        LabProcess.start(
            command[0], lab.gateway().network().server().command(Arrays.asList(command)))) {
      assertThat(process.awaitExit(Lab.LONG)).as("%s", lines(process)).isZero();
    }
  }
}

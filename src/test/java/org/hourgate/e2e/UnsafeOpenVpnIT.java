package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.fake.FakeOpenVpn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Servers that would let clients in without our being asked, or beside us: the gate does not
 * release them, and says which line to change; the one beside them is served.
 */
final class UnsafeOpenVpnIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  private static final String PLUGIN = "plugin /usr/lib/openvpn/openvpn-plugin-auth-pam.so openvpn";

  private final List<String> settings = new ArrayList<>();

  @Test
  void servesOnlyTheSafeOne() throws Exception {
    Map<String, OpenVpnServer> servers = new LinkedHashMap<>();
    Map<String, String> complaints = new LinkedHashMap<>();
    for (String line :
        List.of(
            "auth-gen-token 3600",
            "auth-user-pass-optional",
            "auth-user-pass-verify /bin/true via-env",
            PLUGIN,
            "hand-window 5",
            "management-signal")) {
      String name = "unsafe" + servers.size();
      servers.put(name, lab.another(name).line("script-security 2").line(line).start());
      complaints.put(
          name, "line " + lineNumber(name, line) + ": " + line.replaceFirst(" .*", ": "));
      manage(name, servers.get(name).managementSocket());
    }
    servers.put("nameless", serverWithout("username-as-common-name", "nameless"));
    complaints.put("nameless", "username-as-common-name is missing: ");
    manage("nameless", servers.get("nameless").managementSocket());
    lab.gateway().stopGate();

    Cli.Result check = Cli.run(arguments("check", "--config", "" + lab.gateway().configuration()));

    assertThat(check.exitCode()).isEqualTo(3);
    complaints.forEach(
        (name, complaint) ->
            assertThat(check.out())
                .containsPattern("error +openvpn " + name + " configuration +" + complaint));

    try (LabProcess gate = lab.gateway().hourgate("serve", arguments())) {
      for (var entry : complaints.entrySet()) {
        gate.output()
            .await("instance=" + entry.getKey() + " is not served: " + entry.getValue(), Lab.LONG);
        awaitComplaint(entry.getKey(), entry.getValue());
      }
      WalletKey wallet = Lab.newWallet();
      lab.grant(wallet, Duration.ofHours(1));
      lab.connect(wallet, "login").close();
    }
    // Still in hold, with closed ports.
    for (OpenVpnServer server : servers.values()) {
      server.output().await("Need hold release", Lab.LONG);
      assertThat(server.output().last("Initialization Sequence Completed")).isEmpty();
      server.close();
    }
    lab.startGate();
  }

  @Test
  void servesNoOpenVpnWhoseClientsCanPutOffTheirEnd() throws Exception {
    String[] version = {
      "OpenVPN Version: OpenVPN 2.6.10 x86_64-pc-linux-gnu", "Management Version: 5", "END"
    };
    lab.gateway().stopGate();
    try (FakeOpenVpn old = FakeOpenVpn.start()) {
      settings.addAll(List.of("--set", "openvpn[0].management=" + old.address()));
      old.enqueue(version);

      Cli.Result check =
          Cli.run(arguments("check", "--config", "" + lab.gateway().configuration()));

      assertThat(check.exitCode()).isEqualTo(3);
      assertThat(check.out())
          .containsPattern("error +openvpn udp +is OpenVPN 2.6.10:.*\n *=> upgrade to 2.6.11");

      assertThat(List.of(old.takeCommand(), old.takeCommand())).containsExactly("version", "pid");
      assertThat(old.drainCommands()).isEmpty();
      old.enqueue("SUCCESS: env_filter_level=0");
      old.enqueue("SUCCESS: hold flag set to ON");
      old.enqueue("SUCCESS: real-time state notification set to ON");
      old.enqueue(version);
      try (LabProcess gate = lab.gateway().hourgate("serve", arguments())) {
        gate.output().await("OpenVPN 2.6.10", Lab.LONG);
        awaitComplaint("udp", "2.6.10");
        assertThat(old.drainCommands())
            .startsWith("env-filter 0", "hold on", "state on", "version")
            .doesNotContain("hold release");
      }
    }
    lab.startGate();
  }

  @Test
  void servesWhoseSettingsItCantReadAndSaysSo() throws Exception {
    OpenVpnServer server = lab.another("hidden").start();
    Files.delete(lab.gateway().network().directory().resolve("hidden.conf"));
    manage("hidden", server.managementSocket());
    lab.gateway().stopGate();
    try (LabProcess gate = lab.gateway().hourgate("serve", arguments())) {
      gate.output().await("instance=hidden the settings of OpenVPN can't be read", Lab.LONG);
      gate.output().await(0, "the line ready", "ready"::equals, Lab.LONG);
      server.output().await("Initialization Sequence Completed", Lab.LONG);
    }
    lab.startGate();
  }

  private void manage(String name, Path socket) {
    int entry = 1 + settings.size() / 4;
    settings.addAll(
        List.of(
            "--set",
            "openvpn[%d].name=%s".formatted(entry, name),
            "--set",
            "openvpn[%d].management=unix:%s".formatted(entry, socket)));
  }

  private String[] arguments(String... first) {
    List<String> arguments = new ArrayList<>(List.of(first));
    arguments.addAll(settings);
    return arguments.toArray(String[]::new);
  }

  private static OpenVpnServer serverWithout(String line, String name) throws IOException {
    OpenVpnServer server = lab.another(name).start();
    Path file = lab.gateway().network().directory().resolve(name + ".conf");
    server.kill();
    Files.writeString(file, Files.readString(file).replace("\n" + line + "\n", "\n"));
    server.start();
    return server;
  }

  private static int lineNumber(String server, String line) throws IOException {
    Path file = lab.gateway().network().directory().resolve(server + ".conf");
    return 1 + Files.readAllLines(file).lastIndexOf(line);
  }

  private static void awaitComplaint(String instance, String words) {
    await()
        .atMost(Lab.LONG)
        .untilAsserted(
            () -> {
              Readiness readiness = Readiness.of(lab.gateway());
              assertThat(readiness.status()).isEqualTo(503);
              assertThat(readiness.complaint("openvpn-" + instance)).contains(words);
            });
  }
}

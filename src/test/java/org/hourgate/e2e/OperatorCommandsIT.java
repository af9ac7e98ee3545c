package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ban, watch and reload, with clients on the net. */
final class OperatorCommandsIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  private static final Duration MONTH = Duration.ofDays(30);
  private static final Pattern METRICS = Pattern.compile("admin: \\{ listen: \"([^\"]+)\"");
  private static final String CLEAR = "\u001b[H";

  @TempDir private Path folder;
  private String config;

  @BeforeEach
  void config() {
    config = lab.gateway().configuration().toString();
  }

  @AfterEach
  void theGateRunsAgain() {
    lab.ensureGate();
  }

  @Test
  void keepsABannedWalletOutOverARestartUntilItIsUnbanned() throws Exception {
    WalletKey wallet = Lab.newWallet();
    String name = wallet.address().checksummed();
    lab.grant(wallet, MONTH);
    try (Visit visit = lab.connect(wallet, "login");
        Visit neighbour = lab.connect(paid(), "login")) {
      Cli.Result ban =
          Cli.run("ban", name, "--for", "1h", "--reason", "mail flood", "--config", config);

      assertThat(ban.exitCode()).as(ban.err()).isZero();
      assertThat(ban.out()).contains("Banned " + name + " until").contains("Ended 1 session.");
      visit.assertEnded("This wallet is banned until", "mail flood [banned]");

      lab.gateway().killGate(); // The ban was written down before the command ended.
      lab.startGate();
      assertThat(refusal(wallet))
          .containsPattern(
              "AUTH_FAILED,This wallet is banned until 20[0-9-]+ [0-9:]+ UTC\\. mail flood \\[banned]");
      JsonNode bans =
          JsonMapper.shared().readTree(Cli.run("bans", "--json", "--config", config).out());
      assertThat(bans).hasSize(1);
      assertThat(bans.get(0).get("wallet").asString()).isEqualTo(name);
      assertThat(bans.get(0).get("reason").asString()).isEqualTo("mail flood");
      neighbour.assertUndisturbed();
    }
    assertThat(Cli.run("unban", name, "--config", config).exitCode()).isZero();
    lab.connect(wallet, "login").close();
    assertThat(Cli.run("bans", "--config", config).out()).isEqualTo("Nobody is banned.\n");
  }

  @Test
  void startsWithNoDoubtAboutWhoIsBanned() throws Exception {
    Path broken = Files.createDirectory(folder.resolve("state"));
    Files.writeString(broken.resolve("bans"), "hourgate-bans-1 1 00000000\n");

    Cli.Result serve = Cli.run("serve", "--config", config, "--set", "gateway.state-dir=" + broken);

    assertThat(serve.exitCode()).isEqualTo(3);
    assertThat(serve.err()).contains(broken + "/bans can't be read").doesNotContain("\tat ");
    assertThat(serve.out()).isEmpty();
  }

  @Test
  void showsASessionComeAndGoOnATerminalAndInAPipe() throws Exception {
    WalletKey wallet = Lab.newWallet();
    String full = wallet.address().checksummed();
    String name = full.substring(0, 6) + "…" + full.substring(full.length() - 4);
    lab.grant(wallet, MONTH);
    Path screen = folder.resolve("screen");
    Process terminal = terminal(screen);
    try (Cli pipe = Cli.start("watch", "--config", config)) {
      await().atMost(Lab.LONG).until(() -> frame(screen).contains("OpenVPN   udp serving"));
      await().atMost(Lab.LONG).until(() -> pipe.out().contains("openvpn udp serving"));
      try (Visit visit = lab.connect(wallet, "device")) {
        await()
            .atMost(Lab.LONG)
            .untilAsserted(() -> assertThat(frame(screen)).contains(name, "29d23h", "established"));
        await().atMost(Lab.LONG).until(() -> pipe.out().contains(name + " established"));
        assertThat(frame(screen).lines()).allMatch(line -> line.length() <= 100);

        Cli.Result kill = Cli.run("kill", full, "--reason", "enough", "--config", config);
        assertThat(kill.out()).contains("Ended 1 session.").contains(full + "  ended at ");
        visit.assertEnded("enough [operator]");
      }
      await().atMost(Lab.LONG).untilAsserted(() -> assertThat(frame(screen)).doesNotContain(name));
      await().atMost(Lab.LONG).until(() -> pipe.out().contains(name + " ended after"));
      assertThat(pipe.out()).contains("verdicts accept +1").doesNotContain("\u001b");

      terminal.getOutputStream().write(3); // Ctrl-C
      terminal.getOutputStream().flush();
      pipe.signal("INT");
      assertThat(pipe.awaitEnd().exitCode()).isZero();
      assertThat(terminal.waitFor(Lab.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(terminal.exitValue()).isZero();
      assertThat(Files.readString(screen))
          .contains("\u001b[?1049h")
          .endsWith("\u001b[?25h\u001b[?1049l");
    } finally {
      terminal.destroyForcibly();
    }
  }

  @Test
  void watchesOnWhenTheGateComesBack() throws Exception {
    try (Cli pipe = Cli.start("watch", "--config", config)) {
      await().atMost(Lab.LONG).until(() -> pipe.out().contains("openvpn udp serving"));
      lab.gateway().stopGate();
      await().atMost(Lab.LONG).until(() -> pipe.out().contains("the gate does not answer"));
      Cli.Result nobody = Cli.run("watch", "--config", config);
      assertThat(nobody.exitCode()).isEqualTo(4);
      lab.startGate();
      await().atMost(Lab.LONG).until(() -> pipe.out().contains("the gate answers again"));
    }
  }

  @Test
  void reloadsUnderALiveSessionWithoutLosingAPacket() throws Exception {
    Path file = lab.gateway().configuration();
    String before = Files.readString(file);
    String metrics = "http://" + found(METRICS, before) + "/metrics";
    lab.gateway().stopGate();
    LabProcess gate = lab.startGate();
    try (Visit visit = lab.connect(paid(), "login")) {
      Files.writeString(
          file,
          before.replace("name: \"Test\"", "name: \"Changed\"").replace("poll: 200ms", "poll: 1s")
              + "expiry: { belt: 30s }\n");
      Cli.Result reload = Cli.run("reload", "--config", config);

      assertThat(reload.exitCode()).as(reload.err()).isZero();
      assertThat(reload.out().lines())
          .containsExactly(
              "applied        gateway.name",
              "applied        expiry.belt",
              "needs restart  chain.poll");
      assertThat(gatewayName()).isEqualTo("Changed");

      Files.writeString(file, before.replace("gateway:", "gatway:").replace("poll: 200", "pol: 2"));
      Cli.Result broken = Cli.run("reload", "--config", config);
      assertThat(broken.exitCode()).isEqualTo(3);
      assertThat(broken.err())
          .contains("nothing was changed")
          .contains("gatway: unknown key; did you mean gateway?")
          .contains("chain.pol: unknown key");
      assertThat(gatewayName()).isEqualTo("Changed");
      assertThat(get(metrics)).contains("hourgate_config_reload_success 0.0");

      Files.writeString(
          file,
          before
              .replace("name: \"Test\"", "name: \"Not this\"")
              .replaceAll("profile-template: \"[^\"]*\"", "profile-template: nothing-here"));
      Cli.Result nothingThere = Cli.run("reload", "--config", config);
      assertThat(nothingThere.exitCode()).isEqualTo(3);
      assertThat(nothingThere.err()).contains("nothing was changed").contains("nothing-here");
      assertThat(gatewayName()).isEqualTo("Changed");

      Files.writeString(file, before.replace("name: \"Test\"", "name: \"By signal\""));
      gate.signal("HUP");
      // It is counted when all of it has changed.
      await()
          .atMost(Lab.LONG)
          .untilAsserted(
              () -> assertThat(get(metrics)).contains("hourgate_config_reload_success 1.0"));
      assertThat(gatewayName()).isEqualTo("By signal");

      visit.assertUndisturbed();
      lab.connect(paid(), "login").close();
    } finally {
      Files.writeString(file, before);
    }
    assertThat(lab.gateOutput())
        .anySatisfy(line -> assertThat(line).contains("reload done").contains("user="));
  }

  @Test
  void aHangupWhileItStartsIsAReloadAsWell() throws Exception {
    Path key = lab.gateway().network().directory().resolve("slow.key");
    assertThat(new ProcessBuilder("mkfifo", "-m", "600", key.toString()).start().waitFor())
        .isZero();
    lab.gateway().stopGate();
    try (LabProcess starting =
        LabProcess.start(
            "hourgate serve",
            lab.gateway().commandLine("serve", "--set", "gateway.key=file:" + key))) {
      // It stands still here until somebody writes its key; opening waits for that.
      try (BufferedWriter writer = Files.newBufferedWriter(key)) {
        starting.signal("HUP");
        writer.write("11".repeat(32) + "\n");
      }
      starting.output().await(0, "the line ready", "ready"::equals, Lab.LONG);
      starting.output().await("configuration read again", Lab.LONG);
    } finally {
      Files.delete(key);
    }
  }

  private WalletKey paid() {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, MONTH);
    return wallet;
  }

  /** What a client is told that is not let in. */
  private String refusal(WalletKey wallet) throws Exception {
    try (OpenVpnClient client = lab.gateway().client(wallet, "device").start()) {
      return client.output().await("AUTH_FAILED", Lab.LONG).text();
    }
  }

  private Process terminal(Path screen) throws Exception {
    String command =
        String.join(
            " ",
            Cli.line("watch", "--config", config).stream().map(word -> "'" + word + "'").toList());
    return new ProcessBuilder(
            List.of("script", "-qefc", "stty rows 30 cols 100; exec " + command, "/dev/null"))
        .redirectOutput(screen.toFile())
        .redirectErrorStream(true)
        .start();
  }

  /** What the terminal shows: what was drawn since the cursor last went home. */
  private static String frame(Path screen) throws Exception {
    String all = Cli.soFar(screen);
    int last = all.lastIndexOf(CLEAR);
    int whole = all.lastIndexOf("\u001b[J");
    if (whole < last) { // Still being drawn.
      last = all.lastIndexOf(CLEAR, last - 1);
    }
    return last < 0 ? "" : all.substring(last).replaceAll("\u001b\\[[?0-9]*[A-Za-z]", "");
  }

  private String gatewayName() throws Exception {
    return JsonMapper.shared()
        .readTree(get(lab.gateway().shop() + "/api/gateway"))
        .get("name")
        .asString();
  }

  private static String get(String url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
          .body();
    }
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }
}

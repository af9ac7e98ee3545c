package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.Ban;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.management.ClientId;
import org.hourgate.operator.AdminSocket;
import org.hourgate.operator.ReloadOutcome;
import org.hourgate.testing.StubAdminParts;
import org.hourgate.testing.StubGateControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Commands as a shell runs them, but in this process: what they print and how they end. */
final class CommandLineTest {

  private static final String WALLET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

  @TempDir private Path folder;
  private final StubGateControl gate = new StubGateControl();
  private final EventLoops loops = new EventLoops("cli-test", 1);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private AdminSocket socket;
  private String config;

  @BeforeEach
  void start() throws IOException {
    socket =
        AdminSocket.start(
            loops,
            folder.resolve("admin.sock"),
            Optional.empty(),
            StubAdminParts.of(gate),
            Duration.ofSeconds(30));
    config =
        Files.writeString(
                folder.resolve("hourgate.yaml"),
                """
                gateway: { public-url: "https://vpn.example.org" }
                openvpn: [ { management: "unix:gate.sock" } ]
                chain: { id: 1, rpc: "http://127.0.0.1:1", contract: "%s" }
                admin: { socket: admin.sock }
                """
                    .formatted(WALLET))
            .toString();
  }

  @AfterEach
  void close() {
    socket.close();
    loops.close();
  }

  @Test
  void printsItsVersions() {
    assertThat(run("version")).isZero();
    assertThat(out.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("hourgate "),
            line -> assertThat(line).startsWith("commit "),
            line -> assertThat(line).startsWith("java 2"),
            line -> assertThat(line).matches("netty 4\\..*"));
  }

  @Test
  void explainsEveryCommand() {
    Main.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              assertExplained(name);
              command.getSubcommands().keySet().forEach(sub -> assertExplained(name, sub));
            });
  }

  private void assertExplained(String... name) {
    List<String> line = new ArrayList<>(List.of(name));
    line.add("--help");
    String words = String.join(" ", name);
    assertThat(run(line.toArray(String[]::new))).as(words).isZero();
    assertThat(out.toString()).as(words).contains("Usage: hourgate " + words);
  }

  @Test
  void theGuidesCommandsAreWrittenAsTheyMustBe() throws IOException {
    Pattern word = Pattern.compile("\"([^\"]*)\"|(\\S+)");
    List<String> commands =
        Files.readAllLines(Path.of("docs/selling.md")).stream()
            .filter(line -> line.startsWith("hourgate "))
            .toList();
    assertThat(commands).hasSizeGreaterThan(10);
    for (String command : commands) {
      String[] words =
          word.matcher(command)
              .results()
              .skip(1)
              .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
              .toArray(String[]::new);
      assertThatNoException().as(command).isThrownBy(() -> Main.commandLine().parseArgs(words));
    }
  }

  @Test
  void writesACompletionThatNamesTheCommands() {
    assertThat(run("generate-completion")).isZero();
    assertThat(out.toString()).contains("complete -F").contains("sessions").contains("--price");
  }

  @Test
  void endsWithTwoForWrongArguments() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("session")).isEqualTo(2);
    assertThat(err.toString()).contains("hourgate sessions");
    assertThat(run("sessions", "--jsn")).isEqualTo(2);
    assertThat(run("kill", WALLET)).isEqualTo(2);
    assertThat(run("kill", "udp/x", "--reason", "abuse", "--config", config)).isEqualTo(2);
    assertThat(err.toString()).contains("Neither a wallet nor INSTANCE/CID: udp/x.");
  }

  @Test
  void endsWithThreeForAWrongConfiguration() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "gatway: {}\n");

    assertThat(run("sessions", "--config", wrong.toString())).isEqualTo(3);
    assertThat(err.toString())
        .contains("wrong.yaml: 6 problems")
        .contains("line 1: gatway: unknown key; did you mean gateway?");
    assertThat(run("serve", "--config", folder.resolve("none").toString())).isEqualTo(3);
    assertThat(err.toString()).contains("there is no such file");
  }

  @Test
  void endsWithThreeWhereTheStateCantBeKept() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThat(run("serve", "--config", config, "--set", "gateway.state-dir=" + file)).isEqualTo(3);
    assertThat(err.toString())
        .isEqualTo(
            "hourgate: gateway.state-dir %s can't be made: %s is no folder%n"
                .formatted(file, file));
  }

  @Test
  void overridesOneKey() {
    assertThat(run("sessions", "--config", config, "--set", "admin.socket=elsewhere.sock"))
        .isEqualTo(4);
    assertThat(err.toString()).contains("no hourgate answers at " + folder.resolve("elsewhere"));
  }

  @Test
  void listsNobody() {
    assertThat(run("sessions", "--config", config)).isZero();
    assertThat(out.toString().trim()).isEqualTo("Nobody is online.");

    assertThat(run("sessions", "--json", "--config", config)).isZero();
    assertThat(out.toString().replaceAll("\\s", "")).isEqualTo("[]");
  }

  @Test
  void listsSessionsInAlignedColumns() {
    gate.willShow(session("udp", 12, "192.0.2.1:40000"), session("tcp", 3, "\u001b[31m"));

    assertThat(run("sessions", "--config", config)).isZero();
    assertThat(out.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("SESSION  WALLET "),
            line ->
                assertThat(line)
                    .startsWith("tcp/3    " + WALLET + "  ?[31m            10.8.0.2  ")
                    .containsPattern("  [0-9]+m[0-9]+s  1\\.5 KiB  3\\.0 MiB  login  established$"),
            line -> assertThat(line).startsWith("udp/12   " + WALLET + "  192.0.2.1:40000  "));
  }

  @Test
  void listsSessionsAsJson() {
    gate.willShow(session("udp", 12, "192.0.2.1:40000"));

    assertThat(run("sessions", "--json", "--config", config)).isZero();
    assertThat(out.toString())
        .contains("\"instance\" : \"udp\"")
        .contains("\"cid\" : 12")
        .containsPattern("\"asOf\" : [0-9]+")
        .contains("\"wallet\" : \"" + WALLET + "\"");
  }

  @Test
  void killsAndEndsWithZeroWhenConfirmed() {
    gate.willKill(StubGateControl.ended(2, 2));

    assertThat(
            run("kill", WALLET.toLowerCase(Locale.ROOT), "--reason", "abuse", "--config", config))
        .isZero();
    assertThat(out.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("Ended 2 sessions."),
            line -> assertThat(line).startsWith("  udp/1  " + WALLET + "  ended at 19"),
            line -> assertThat(line).startsWith("  udp/2  " + WALLET + "  ended at 19"));
    assertThat(gate.kills())
        .containsExactly(
            new StubGateControl.Kill(
                new KillTarget.ByWallet(WalletAddress.parse(WALLET)), "abuse"));
  }

  @Test
  void killsOneSessionByItsName() {
    gate.willKill(StubGateControl.ended(1, 1));

    assertThat(run("kill", "udp/12", "--reason", "abuse", "--config", config)).isZero();
    assertThat(gate.kills())
        .containsExactly(
            new StubGateControl.Kill(new KillTarget.ByClient("udp", new ClientId(12)), "abuse"));
  }

  @Test
  void endsWithOneWhenNobodyIsMeant() {
    assertThat(run("kill", WALLET, "--reason", "abuse", "--config", config)).isEqualTo(1);
    assertThat(err.toString()).contains("nobody is online as " + WALLET);
  }

  @Test
  void endsWithFiveWhenTheEndIsNotConfirmed() {
    gate.willKill(StubGateControl.ended(2, 1));

    assertThat(run("kill", WALLET, "--reason", "abuse", "--config", config)).isEqualTo(5);
    assertThat(err.toString()).contains("cut 2 sessions, OpenVPN confirmed the end of 1");
    assertThat(out.toString()).contains("udp/2  " + WALLET + "  cut, its end is not confirmed");
  }

  @Test
  void killsAndBansInOneCommand() {
    gate.willKill(StubGateControl.ended(1, 1));
    gate.willShow(session("udp", 12, "192.0.2.1:40000"));

    assertThat(run("kill", "udp/12", "--reason", "abuse", "--ban", "12h", "--config", config))
        .isZero();
    assertThat(out.toString()).contains("Banned " + WALLET + " until").contains("Ended 1 session.");
    Ban ban = gate.bans().getFirst();
    assertThat(Duration.between(ban.since(), ban.until().orElseThrow()))
        .isEqualTo(Duration.ofHours(12));

    assertThat(run("kill", "udp/13", "--reason", "x", "--ban", "12h", "--config", config))
        .isEqualTo(1);
    assertThat(gate.bans()).hasSize(1);
  }

  @Test
  void bansListsAndUnbans() {
    assertThat(run("bans", "--config", config)).isZero();
    assertThat(out.toString()).isEqualTo("Nobody is banned.\n");

    assertThat(run("ban", WALLET, "--for", "7d", "--reason", "mail flood", "--config", config))
        .isZero();
    assertThat(out.toString()).contains("Banned " + WALLET).contains("No session was online.");
    assertThat(run("bans", "--config", config)).isZero();
    assertThat(out.toString().lines()).hasSize(2);
    assertThat(out.toString()).startsWith("WALLET").contains(WALLET, "mail flood");
    assertThat(run("bans", "--json", "--config", config)).isZero();
    assertThat(out.toString()).containsPattern("\"until\" : [0-9]+");

    assertThat(run("unban", WALLET, "--config", config)).isZero();
    assertThat(run("unban", WALLET, "--config", config)).isEqualTo(1);
    assertThat(err.toString()).contains("not banned: " + WALLET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--forever", "--until=forever"})
  void bansForGood(String end) {
    assertThat(run("ban", WALLET, end, "--reason", "x", "--config", config)).isZero();
    assertThat(out.toString()).contains("until it is unbanned");
    assertThat(gate.bans().getFirst().until()).isEmpty();
    assertThat(run("bans", "--config", config)).isZero();
    assertThat(out.toString()).contains("forever");
  }

  @Test
  void bansUntilATimeOfThisMachineOrOfAnotherZone() {
    run("ban", WALLET, "--until", "2999-01-01", "--reason", "x", "--config", config);
    assertThat(err.toString()).contains("within a hundred years");
    assertThat(
            run("ban", WALLET, "--until", "2077-01-02T03:04Z", "--reason", "x", "--config", config))
        .isZero();
    assertThat(gate.bans().getFirst().until()).contains(Instant.parse("2077-01-02T03:04:00Z"));
    assertThat(run("ban", WALLET, "--until", "2077-01-02", "--reason", "x", "--config", config))
        .isZero();
    assertThat(gate.bans().getFirst().until())
        .contains(LocalDate.of(2077, 1, 2).atStartOfDay(ZoneId.systemDefault()).toInstant());
    assertThat(run("ban", WALLET, "--until", "2001-01-02", "--reason", "x", "--config", config))
        .isEqualTo(5);
    assertThat(run("ban", WALLET, "--until", "tomorrow", "--reason", "x", "--config", config))
        .isEqualTo(2);
    assertThat(run("ban", WALLET, "--reason", "x", "--config", config)).isEqualTo(2);
    assertThat(run("ban", WALLET, "--forever", "--for", "1h", "--reason", "x", "--config", config))
        .isEqualTo(2);
  }

  @Test
  void endsWithFiveWhenABanIsNotWrittenDown() {
    gate.willNotKeepBans();

    assertThat(run("ban", WALLET, "--forever", "--reason", "x", "--config", config)).isEqualTo(5);
    assertThat(err.toString()).contains("could not be written down");
    assertThat(run("unban", WALLET, "--config", config)).isEqualTo(5);
  }

  @Test
  void reloadsThoughTheFileIsWrongAndListsAllThatIs() throws Exception {
    Path wrong =
        Files.writeString(
            folder.resolve("wrong.yaml"), "admin: { socket: admin.sock }\ngatway: {}\n");

    assertThat(run("reload", "--config", wrong.toString())).isEqualTo(3);
    assertThat(err.toString())
        .contains("nothing was changed")
        .contains("line 3: chain.pol: unknown key");
  }

  @Test
  void reloadTellsEachKey() throws Exception {
    try (AdminSocket other =
        AdminSocket.start(
            loops,
            folder.resolve("other.sock"),
            Optional.empty(),
            StubAdminParts.of(
                gate, new ReloadOutcome(List.of(), List.of("shop.notes"), List.of("chain.rpc"))),
            Duration.ofSeconds(30))) {
      assertThat(other).isNotNull();
      String socket = "admin.socket=" + folder.resolve("other.sock");

      assertThat(run("reload", "--config", config, "--set", socket)).isZero();
      assertThat(out.toString().lines())
          .containsExactly("applied        shop.notes", "needs restart  chain.rpc");
      assertThat(run("reload", "--json", "--config", config, "--set", socket)).isZero();
      assertThat(out.toString()).contains("\"applied\" : [ \"shop.notes\" ]");
    }
  }

  @Test
  void showsOnlyTheSessionsAskedFor() {
    gate.willShow(session("udp", 12, "192.0.2.1:1"), session("tcp", 3, "192.0.2.1:2"));

    assertThat(run("sessions", "--instance", "tcp", "--config", config)).isZero();
    assertThat(out.toString()).contains("tcp/3").doesNotContain("udp/12");
    assertThat(
            run(
                "sessions",
                "--wallet",
                "0x0000000000000000000000000000000000000001",
                "--config",
                config))
        .isZero();
    assertThat(out.toString()).isEqualTo("Nobody is online.\n");
  }

  @Test
  void endsWithFourWhenHourgateDoesNotRun() {
    socket.close();

    assertThat(run("sessions", "--config", config)).isEqualTo(4);
    assertThat(run("kill", WALLET, "--reason", "abuse", "--config", config)).isEqualTo(4);
    assertThat(err.toString()).contains("is hourgate serve running?");
  }

  @Test
  void endsWithFourWhenNoNodeCanBeAskedToDeploy() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "11".repeat(32) + "\n");

    assertThat(
            run(
                "deploy",
                "--rpc",
                "http://127.0.0.1:1",
                "--chain-id",
                "31337",
                "--wallet-key-file",
                key.toString()))
        .isEqualTo(4);
    assertThat(err.toString()).contains("cannot reach http://127.0.0.1:1");
  }

  @Test
  void endsWithThreeWhenTheWalletIsNoWallet() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "secret\n");

    assertThat(
            run(
                "deploy",
                "--rpc",
                "http://127.0.0.1:1",
                "--chain-id",
                "31337",
                "--wallet-key-file",
                key.toString()))
        .isEqualTo(3);
    assertThat(err.toString()).contains("64 hexadecimal digits").doesNotContain("secret");
  }

  private static SessionView session(String instance, long cid, String from) {
    Instant now = Instant.now();
    return new SessionView(
        instance,
        new ClientId(cid),
        WALLET,
        from,
        "10.8.0.2",
        "",
        now,
        Optional.of(now.plusSeconds(3599)),
        Optional.of(now),
        1536,
        3 * 1024 * 1024,
        SessionView.Kind.LOGIN,
        Optional.empty(),
        SessionView.State.ESTABLISHED);
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }
}

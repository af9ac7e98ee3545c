package org.hourgate.app.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.hourgate.testing.RawController;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The command line of the stand-in for OpenVPN. */
final class FakeOpenVpnMainTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine program = FakeOpenVpnMain.commandLine();
    program.setOut(new PrintWriter(out, true));
    program.setErr(new PrintWriter(err, true));
    return program.execute(arguments);
  }

  private String listen() {
    return "unix:" + folder.resolve("m.sock");
  }

  /** As soon as somebody listens. */
  private RawController attach() {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> new RawController(folder.resolve("m.sock")), Objects::nonNull);
  }

  /** Tries the scenario "hold" on whatever attaches within the patience; it ends in vain. */
  private void conformance(String patience, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("conformance", "--listen", listen(), "--only", "hold", "--patience", patience));
    arguments.addAll(List.of(more));
    assertThat(execute(arguments.toArray(String[]::new))).isEqualTo(1);
  }

  @Test
  void carriesOutAScriptAndPrintsWhatTheControllerSays() throws IOException {
    Path script =
        Files.writeString(
            folder.resolve("script"),
            """
            # two clients
            attached
            connect alice "a b"
            expect client-auth-nt
            clients
            reauth 0 other
            expect "client-deny 0 3"
            advance 6s
            clients
            """);
    CompletableFuture<Integer> exitCode =
        CompletableFuture.supplyAsync(
            () -> execute("run", "--listen", listen(), "--virtual-time", "--script", script + ""));
    try (RawController controller = attach()) {
      controller.notificationsUpTo(">CLIENT:CONNECT,0,1");
      assertThat(controller.notificationsUpTo(">CLIENT:ENV,END"))
          .contains(">CLIENT:ENV,password=a b");
      controller.send("client-auth-nt 0 1\n");
      controller.notificationsUpTo(">CLIENT:REAUTH,0,3");
      controller.send("client-deny 0 3 no\n");
      controller.notificationsUpTo(">CLIENT:DISCONNECT,0");
      assertThat(exitCode.join()).isZero();
    }
    assertThat(out.toString())
        .contains("client 0 alice key 1 PENDING")
        .contains("client 0 alice key 1 ESTABLISHED")
        .contains("< client-auth-nt 0 1")
        .contains("< client-deny 0 3 no");
  }

  @Test
  void namesTheLineOfAScriptThatCannotBeCarriedOut() throws IOException {
    Path script = Files.writeString(folder.resolve("script"), "clients\nfrobnicate 1\n");
    assertThat(execute("run", "--listen", listen(), "--script", script + "")).isEqualTo(2);
    assertThat(err.toString()).contains("line 2: frobnicate 1: there is no such verb");
  }

  @Test
  void reportsAControllerThatNeverComes() throws IOException {
    Path json = folder.resolve("report.json");
    conformance("1s", "--only", "renegotiation", "--report", json + "");
    assertThat(out.toString())
        .contains("it did not attach within 1 s")
        .contains("skipped  renegotiation")
        .contains("0 passed, 1 failed, 0 warnings, 1 skipped");
    assertThat(folder.resolve("m.sock")).doesNotExist();
    assertThat(Files.readString(json))
        .contains("\"conforming\" : false")
        .contains("\"name\" : \"hold\"");
  }

  @Test
  void writesAReportThatBuildServersRead() throws IOException {
    Path xml = folder.resolve("report.xml");
    conformance("1s", "--report", xml + "");
    assertThat(Files.readString(xml))
        .contains("<testsuite name=\"conformance\" tests=\"1\" failures=\"1\" skipped=\"0\">")
        .contains("<failure message=\"it did not attach within 1 s\">");
  }

  @Test
  void startsTheControllerAgainWheneverItEnds() throws IOException {
    Path log = folder.resolve("log");
    conformance("5s", "--run", "echo started", "--run-log", log + "");
    assertThat(Files.readAllLines(log)).hasSizeGreaterThan(1).containsOnly("started");
    assertThat(out.toString()).containsPattern("within 5 s; the controller ended \\d+ times");
  }

  @Test
  void takesAnyShellCommandAndLeavesNothingOfItBehind() throws IOException {
    Path pid = folder.resolve("pid");
    conformance(
        "5s", "--run", "NAME=value sh -c 'echo $NAME $$ >> %s; sleep 600; :'; true".formatted(pid));
    String[] words = Files.readAllLines(pid).getLast().split(" ", 2);
    assertThat(words[0]).isEqualTo("value");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                ProcessHandle.of(Long.parseLong(words[1]))
                    .filter(ProcessHandle::isAlive)
                    .isEmpty());
  }

  @Test
  void saysWhatIsWrongInWords() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    String nowhere = "unix:" + folder.resolve("none/m.sock");
    String nobody = "tcp:nobody.invalid:4711";
    assertThat(execute("run", "--listen", nobody, "--script", empty + "")).isEqualTo(2);
    assertThat(execute("run", "--listen", nowhere, "--script", empty + "")).isEqualTo(2);
    assertThat(execute("run", "--listen", "unix:" + empty, "--script", empty + "")).isEqualTo(2);
    assertThat(execute("run", "--listen", listen(), "--script", folder.resolve("none") + ""))
        .isEqualTo(2);
    assertThat(execute("run", "--listen", listen(), "--management-password-file", empty + ""))
        .isEqualTo(2);
    assertThat(err.toString().lines())
        .hasSize(5)
        .allMatch(line -> line.startsWith("hourgate-fake-openvpn: "))
        .satisfiesExactly(
            line -> assertThat(line).contains("no such host: nobody.invalid"),
            line -> assertThat(line).contains(nowhere + ": No such file"),
            line -> assertThat(line).contains("unix:" + empty + ": Address already in use"),
            line -> assertThat(line).contains("there is no " + folder.resolve("none")),
            line -> assertThat(line).contains("no password in its first line"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "connect alice                    | words are missing",
        "crowd x a b                      | a number is none",
        "crowd -1 a b                     | a count is 0 or more",
        "pieces 0                         | pieces have a byte or more",
        "refuse maybe                     | either on or off",
        "advance 1h                       | time is not virtual",
        "reauth 7                         | there is no client 7",
        "attached                         | nobody attached",
        "expect pid                       | no such command came",
      })
  void saysWhatIsWrongWithALine(String line, String complaint) throws IOException {
    Path script = Files.writeString(folder.resolve("script"), line + "\n");
    boolean inVain = complaint.startsWith("no");
    assertThat(execute("run", "--listen", listen(), "--script", script + "", "--patience", "1s"))
        .isEqualTo(inVain ? 1 : 2);
    assertThat(err.toString()).contains("line 1: " + line + ": " + complaint);
  }

  @Test
  void nobodyConnectsToAHeldDaemon() throws IOException {
    Path script = Files.writeString(folder.resolve("script"), "crowd 3 a b\n");
    assertThat(execute("run", "--listen", listen(), "--hold", "--script", script + ""))
        .isEqualTo(2);
    assertThat(err.toString()).contains("line 1: crowd 3 a b: OpenVPN is held");
  }

  @Test
  void knowsItsScenarios() {
    assertThat(execute("conformance", "--listen", listen(), "--only", "nonsense")).isEqualTo(2);
    assertThat(err.toString()).contains("There is no scenario nonsense");
    assertThat(execute("conformance", "--help")).isZero();
    assertThat(out.toString()).contains("no-answer-to-an-old-epoch");
  }
}

package org.hourgate.app.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.hourgate.testing.RawController;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("m.sock")));
    try (RawController controller = new RawController(folder.resolve("m.sock"))) {
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
    assertThat(
            execute(
                "conformance",
                "--listen",
                listen(),
                "--only",
                "hold",
                "--only",
                "renegotiation",
                "--patience",
                "1s",
                "--report",
                json + ""))
        .isEqualTo(1);
    assertThat(out.toString())
        .contains("it did not attach within 1 s")
        .contains("skipped  renegotiation")
        .contains("0 passed, 1 failed, 0 warnings, 1 skipped");
    assertThat(Files.readString(json))
        .contains("\"conforming\" : false")
        .contains("\"name\" : \"hold\"");
  }

  @Test
  void writesAReportThatBuildServersRead() throws IOException {
    Path xml = folder.resolve("report.xml");
    assertThat(
            execute(
                "conformance",
                "--listen",
                listen(),
                "--only",
                "hold",
                "--patience",
                "1s",
                "--report",
                xml + ""))
        .isEqualTo(1);
    assertThat(Files.readString(xml))
        .contains("<testsuite name=\"conformance\" tests=\"1\" failures=\"1\" skipped=\"0\">")
        .contains("<failure message=\"it did not attach within 1 s\">");
  }

  @Test
  void startsTheControllerAgainWheneverItEnds() throws IOException {
    Path log = folder.resolve("log");
    assertThat(
            execute(
                "conformance",
                "--listen",
                listen(),
                "--only",
                "hold",
                "--patience",
                "2s",
                "--run",
                "echo started",
                "--run-log",
                log + ""))
        .isEqualTo(1);
    assertThat(Files.readAllLines(log)).hasSizeGreaterThan(1).containsOnly("started");
    assertThat(out.toString()).containsPattern("within 2 s; the controller ended \\d+ times");
  }

  @Test
  void knowsItsScenarios() {
    assertThat(execute("conformance", "--listen", listen(), "--only", "nonsense")).isEqualTo(2);
    assertThat(err.toString()).contains("There is no scenario nonsense");
    assertThat(execute("conformance", "--help")).isZero();
    assertThat(out.toString()).contains("no-answer-to-an-old-epoch");
  }
}

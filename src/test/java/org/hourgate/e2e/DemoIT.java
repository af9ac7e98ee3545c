package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hourgate.app.lab.LabProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code hourgate demo} as a process: it tells its story, what it says can be typed, and wherever
 * it is stopped it leaves nothing.
 */
@Execution(CONCURRENT)
final class DemoIT {

  private static final Duration STORY = Duration.ofMinutes(4);
  private static final Duration TIME_TO_CLEAN_UP = Duration.ofSeconds(30);
  private static final Pattern PROMETHEUS =
      Pattern.compile("Prometheus and the alerts: (http:\\S+)");

  /** Every process that a demo starts inherits this, so that none can hide. */
  @TempDir(cleanup = CleanupMode.ALWAYS)
  private Path temporary;

  @Test
  void tellsItsStoryWithFiguresAndLeavesNothing() throws Exception {
    try (Cli demo = demo()) {
      Cli.Result told = demo.awaitEnd(STORY);

      assertThat(told.exitCode()).as(told.out() + told.err()).isZero();
      assertThat(told.out())
          .contains("[no_time]")
          .containsPattern("Bob is connected [0-9.]+ s after the client was started")
          .containsPattern("Alice is connected [0-9.]+ s after the client was started")
          .containsPattern("ready again after [0-9.]+ s")
          .containsPattern("Alice is still on the net, longest silence [0-9]+ ms")
          .containsPattern("Halt command was pushed by server \\('Your time ended at .*\\[expired]")
          .containsPattern("last ping answered [-+][0-9]+ ms relative to the paid second")
          .containsPattern("Bob: [0-9]+ pings answered, none lost, longest silence [0-9]+ ms")
          .contains("everything that was started is gone again");
      assertThat(told.err().lines()).allMatch(line -> line.startsWith("NOTE: Picked up"));
      assertNothingIsLeft(demo);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "starting a chain",
        "gate ready",
        "Bob buys ten minutes",
        "both ping through the tunnel",
        "The gate is killed"
      })
  void leavesNothingWhenItIsInterrupted(String moment) throws Exception {
    try (Cli demo = demo()) {
      await().atMost(STORY).until(() -> demo.out().contains(moment));

      demo.signal("INT");

      assertThat(demo.awaitEnd().exitCode()).isEqualTo(128 + 2);
      assertNothingIsLeft(demo);
    }
  }

  @Test
  void saysWhatCanBeTypedAndLeavesNothing() throws Exception {
    try (Cli demo = demo("--keep")) {
      await().atMost(STORY).until(() -> demo.out().contains("bin/hourgate kill "));
      List<String> typed =
          demo.out().lines().filter(line -> line.startsWith("  ")).map(String::strip).toList();

      for (int minutes = 0; minutes < 5; minutes++) {
        type(find(typed, "cast send"), "blockNumber");
      }
      type(find(typed, "bin/hourgate login"), "Wrote ");
      try (LabProcess client = shell(find(typed, "openvpn --config"))) {
        client.output().await("Initialization Sequence Completed", Lab.LONG);
        type(find(typed, " ping ") + " -c 3", "bytes from 10.88.0.1");
        type(find(typed, "bin/hourgate sessions"), "udp/");
        type(find(typed, "bin/hourgate kill"), "Ended 1 session.");
        client.output().await("Just trying", Lab.LONG);
        assertThat(client.awaitExit(Lab.LONG)).isZero();
      }
      await().atMost(Lab.LONG).until(() -> isScraped(prometheus(demo.out())));

      demo.signal("INT");

      assertThat(demo.awaitEnd().exitCode()).isEqualTo(128 + 2);
      assertNothingIsLeft(demo);
    }
  }

  private Cli demo(String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("demo"));
    arguments.addAll(List.of(options));
    return Cli.start(
        Map.of("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary, "TMPDIR", temporary.toString()),
        arguments.toArray(String[]::new));
  }

  private static String find(List<String> lines, String words) {
    return lines.stream().filter(line -> line.contains(words)).findFirst().orElseThrow();
  }

  private static URI prometheus(String said) {
    Matcher matcher = PROMETHEUS.matcher(said);
    assertThat(matcher.find()).as(said).isTrue();
    return URI.create(matcher.group(1));
  }

  private static boolean isScraped(URI prometheus) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI question = prometheus.resolve("/api/v1/query?query=hourgate_management_up");
      return http.send(
              HttpRequest.newBuilder(question).build(), HttpResponse.BodyHandlers.ofString())
          .body()
          .contains(",\"1\"]");
    }
  }

  private static LabProcess shell(String line) {
    return LabProcess.start(line, List.of("/bin/sh", "-c", "exec " + line));
  }

  private static void type(String line, String answer) {
    LabProcess process = shell(line);
    process.output().await(answer, Lab.LONG);
    assertThat(process.awaitExit(Lab.LONG)).as(process.output().tail()).isZero();
  }

  private void assertNothingIsLeft(Cli demo) {
    String namespaces = "hourgate-lab-" + demo.pid() + "-";
    await()
        .atMost(TIME_TO_CLEAN_UP)
        .untilAsserted(
            () -> {
              assertThat(childrenOf(Path.of("/run/netns"), namespaces)).isEmpty();
              assertThat(childrenOf(temporary, "")).isEmpty();
              assertThat(processesWith(temporary)).isEmpty();
            });
  }

  private static List<Path> childrenOf(Path folder, String prefix) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(path -> path.getFileName().toString().startsWith(prefix)).toList();
    }
  }

  private static List<String> processesWith(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> environment(process.pid()).contains("TMPDIR=" + folder))
        .map(process -> process.pid() + " " + process.info().commandLine().orElse(""))
        .toList();
  }

  private static String environment(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // It has ended meanwhile.
    }
  }
}

package org.hourgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The alerts: that they are right, that each is tried both ways, and that each can be looked up.
 */
final class AlertsTest {

  private static final Path TESTS = BoardFiles.ALERTS.resolve("tests");
  private static final Path RUNBOOK = Path.of("docs/runbook.md");
  private static final Pattern SECTION = Pattern.compile("^### (\\w+)\\n\\n", Pattern.MULTILINE);

  /** Recorded series have a colon in their names and are no metrics of ours. */
  private static final Pattern METRIC = Pattern.compile("(?<![:\\w])hourgate_\\w+\\b(?!:)");

  static Stream<Path> rules() throws IOException {
    return BoardFiles.named(BoardFiles.ALERTS, ".yml").stream();
  }

  static Stream<Path> tests() throws IOException {
    return BoardFiles.named(TESTS, ".yml").stream();
  }

  static Stream<JsonNode> alerts() throws IOException {
    return allRules().stream().filter(rule -> rule.has("alert"));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void prometheusTakesTheRules(Path file) throws Exception {
    Promtool.Result result = Promtool.run("check", "rules", file.toString());

    assertThat(result.output()).contains("SUCCESS").doesNotContain("duplicate");
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @ParameterizedTest
  @MethodSource("tests")
  void theRulesDoWhatTheirTestsSay(Path file) throws Exception {
    Promtool.Result result = Promtool.run("test", "rules", file.toString());

    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @Test
  void eachAlertIsTriedBothWays() throws IOException {
    Set<String> fire = new TreeSet<>();
    Set<String> stayQuiet = new TreeSet<>();
    for (Path file : tests().toList()) {
      for (JsonNode world : load(file).path("tests")) {
        for (JsonNode expected : world.path("alert_rule_test")) {
          (expected.path("exp_alerts").isEmpty() ? stayQuiet : fire)
              .add(expected.path("alertname").asString());
        }
      }
    }
    Set<String> names = new TreeSet<>(names());

    assertThat(names).hasSizeGreaterThan(20);
    assertThat(fire).isEqualTo(names);
    assertThat(stayQuiet).isEqualTo(names);
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void eachAlertSaysWhatItIsAndWhereToLook(JsonNode alert) {
    assertThat(alert.path("labels").path("severity").asString()).isIn("page", "ticket");
    assertThat(alert.path("annotations").propertyNames())
        .containsExactlyInAnyOrder("summary", "description", "runbook");
    assertThat(alert.path("annotations").path("runbook").asString())
        .isEqualTo(RUNBOOK + "#" + nameOf(alert).toLowerCase(Locale.ROOT));
  }

  @Test
  void eachAlertHasItsSectionInTheRunbookAndNoOtherHas() throws IOException {
    assertThat(SECTION.matcher(Files.readString(RUNBOOK)).results().map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(names());
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void itsSectionSaysWhatItMeansWhereToLookAndWhatToDo(JsonNode alert) throws IOException {
    String section = section(nameOf(alert));

    assertThat(section).startsWith("*" + alert.path("labels").path("severity").asString() + ".* ");
    assertThat(section).contains("**Means:** ", "**Look at", "**Do:** ");
  }

  @Test
  void rulesAskForMetricsThatAreListed() throws IOException {
    MetricsPage page = MetricsPage.read();
    for (JsonNode rule : allRules()) {
      assertThat(METRIC.matcher(rule.path("expr").asString()).results().map(MatchResult::group))
          .as("%s", rule)
          .allMatch(page::lists);
    }
  }

  private static String section(String name) throws IOException {
    String runbook = Files.readString(RUNBOOK);
    int start = runbook.indexOf("### " + name + "\n\n");
    assertThat(start).as("the section of " + name).isNotNegative();
    int end = runbook.indexOf("\n#", start + 4);
    return runbook.substring(runbook.indexOf("\n\n", start) + 2, end < 0 ? runbook.length() : end);
  }

  private static List<String> names() throws IOException {
    return alerts().map(AlertsTest::nameOf).toList();
  }

  private static String nameOf(JsonNode alert) {
    return alert.path("alert").asString();
  }

  private static List<JsonNode> allRules() throws IOException {
    List<JsonNode> found = new ArrayList<>();
    for (Path file : rules().toList()) {
      for (JsonNode group : load(file).path("groups")) {
        group.path("rules").forEach(found::add);
      }
    }
    return found;
  }

  private static JsonNode load(Path file) throws IOException {
    Load yaml = new Load(LoadSettings.builder().build());
    return new JsonMapper().valueToTree(yaml.loadFromString(Files.readString(file)));
  }
}

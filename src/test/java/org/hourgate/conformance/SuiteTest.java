package org.hourgate.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.client.ManagementAddress;
import org.junit.jupiter.api.Test;

/** The suite lets a right controller pass, and finds each fault of a wrong one. */
final class SuiteTest {

  private static final Optional<ManagementAddress> ANY_PORT =
      Optional.of(new ManagementAddress.Tcp("127.0.0.1", 1));

  private static final String MANAGEMENT_PASSWORD = "s3cret";

  /** A wrong controller is given up soon; a right one has all the time of a slow machine. */
  private static final Duration SHORT = Duration.ofSeconds(4);

  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void aSmallRightControllerPassesEveryScenario() throws Exception {
    Report report = play(Optional.empty(), Optional.empty(), LONG, _ -> true);
    assertThat(report.results())
        .filteredOn(result -> !(result.outcome() instanceof Outcome.Passed))
        .filteredOn(
            result -> !result.scenario().name().equals("reattach-soon")) // A matter of speed.
        .map(Report::line)
        .isEmpty();
  }

  @Test
  void eachFaultIsFoundByItsScenario() throws Exception {
    try (ExecutorService runs = Executors.newFixedThreadPool(8)) {
      Map<Fault, Future<Report>> reports = new EnumMap<>(Fault.class);
      for (Fault fault : Fault.values()) {
        reports.put(
            fault,
            runs.submit(
                () ->
                    play(
                        Optional.of(fault),
                        Optional.empty(),
                        SHORT,
                        scenario -> fault.foundBy().contains(scenario.name()))));
      }
      for (Map.Entry<Fault, Future<Report>> report : reports.entrySet()) {
        assertThat(report.getValue().get().results())
            .as(report.getKey().toString())
            .hasSameSizeAs(report.getKey().foundBy())
            .extracting(Result::outcome)
            .hasOnlyElementsOfType(Outcome.Failed.class);
      }
    }
  }

  @Test
  void everyScenarioHasAControllerThatFailsIt() {
    assertThat(Suite.scenarios().stream().map(Scenario::name))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Fault.values())
                .map(Fault::foundBy)
                .flatMap(List::stream)
                .collect(Collectors.toSet()));
  }

  @Test
  void whoDoesItOtherwiseIsNotBlamed() throws Exception {
    for (Habit habit : Habit.values()) {
      Report report =
          play(
              Optional.empty(),
              Optional.of(habit),
              LONG,
              scenario -> scenario.name().equals(habit.scenario()));
      assertThat(report.passed()).as(() -> Report.line(report.results().getFirst())).isOne();
    }
  }

  @Test
  void whoNeverComesIsWaitedForOnce() {
    Suite.Settings settings =
        new Suite.Settings(
            Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofMillis(100));
    try (Suite suite = Suite.listen(ANY_PORT, settings, TimeSource.system())) {
      Report report = suite.play(scenario -> scenario.needs() == Scenario.Needs.NOTHING, _ -> {});
      assertThat(report.failed()).isOne();
      assertThat(report.skipped()).isEqualTo(report.results().size() - 1);
    }
  }

  @Test
  void whoEndsTheDaemonFailsTheScenarioAndNotTheSuite() throws Exception {
    Suite.Settings settings =
        new Suite.Settings(Optional.empty(), Optional.empty(), Optional.empty(), LONG);
    Scenario holding =
        new Scenario(
            "holding",
            Requirement.MUST,
            Scenario.Needs.NOTHING,
            "",
            "",
            stage -> {
              stage.openVpn().leaveHoldFlag(true);
              stage.openVpn().softRestart();
              stage.openVpn().inOneStep(() -> stage.connect(stage.stranger()));
              return "";
            });
    try (Suite suite = Suite.listen(ANY_PORT, settings, TimeSource.system());
        var _ =
            new SmallController(
                socketOf(suite), null, Optional.of(Fault.NEVER_RELEASES), Optional.empty())) {
      assertThat(suite.play(holding).outcome())
          .asString()
          .contains("it left the scenario no way to go on: it is held");
    }
  }

  @Test
  void whatIsNotKnownOfAControllerIsNotTried() throws Exception {
    try (Suite suite = Suite.listen(ANY_PORT, Suite.Settings.ofAny(), TimeSource.system())) {
      Report report = suite.play(scenario -> scenario.needs() != Scenario.Needs.NOTHING, _ -> {});
      assertThat(report.skipped()).isEqualTo(report.results().size()).isPositive();
      assertThat(report.isConforming()).isTrue();
    }
  }

  private static Report play(
      Optional<Fault> fault, Optional<Habit> habit, Duration patience, Predicate<Scenario> wanted)
      throws Exception {
    Suite.Settings settings =
        new Suite.Settings(
            Optional.of(SmallController.GOOD),
            Optional.of(SmallController.BAD),
            Optional.of(MANAGEMENT_PASSWORD),
            patience);
    try (Suite suite = Suite.listen(ANY_PORT, settings, TimeSource.system());
        var _ = new SmallController(socketOf(suite), MANAGEMENT_PASSWORD, fault, habit)) {
      return suite.play(wanted, _ -> {});
    }
  }

  private static InetSocketAddress socketOf(Suite suite) {
    return switch (suite.address()) {
      case ManagementAddress.Tcp(String host, int port) -> new InetSocketAddress(host, port);
      case ManagementAddress.Unix unix -> throw new IllegalStateException(unix.toString());
    };
  }
}

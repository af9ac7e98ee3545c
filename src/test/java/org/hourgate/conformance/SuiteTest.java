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
import java.util.stream.Stream;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.client.ManagementAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The suite lets a right controller pass, and finds each fault of a wrong one. */
final class SuiteTest {

  private static final Optional<ManagementAddress> ANY_PORT =
      Optional.of(new ManagementAddress.Tcp("127.0.0.1", 1));

  /** A wrong controller is given up soon; a right one has all the time of a slow machine. */
  private static final Duration SHORT = Duration.ofSeconds(4);

  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void aSmallRightControllerPassesEveryScenario() throws Exception {
    Report report = play(Optional.empty(), "s3cret", LONG, _ -> true);
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
                        null,
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
            Stream.concat(
                    Arrays.stream(Fault.values()).map(Fault::foundBy).flatMap(List::stream),
                    // Who does not answer the prompt never attaches: all scenarios fail.
                    Stream.of("password-prompt"))
                .collect(Collectors.toSet()));
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
      Optional<Fault> fault,
      @Nullable String password,
      Duration patience,
      Predicate<Scenario> wanted)
      throws Exception {
    Suite.Settings settings =
        new Suite.Settings(
            Optional.of(SmallController.GOOD),
            Optional.of(SmallController.BAD),
            Optional.ofNullable(password),
            patience);
    try (Suite suite = Suite.listen(ANY_PORT, settings, TimeSource.system());
        var _ = new SmallController(socketOf(suite), password, fault)) {
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

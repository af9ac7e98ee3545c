package org.hourgate.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.management.fake.FakeOpenVpnBuilder;

/**
 * Plays the scenarios to the controller that attaches to its socket, one after another, each on a
 * daemon of its own. The controller has to come back to the socket by itself.
 */
public final class Suite implements AutoCloseable {

  private final FakeOpenVpn openVpn;
  private final Settings settings;
  private final TimeSource time;
  private boolean nobodyCame;

  /**
   * What is known of the controller.
   *
   * @param accepted a login that it accepts as often as it comes
   * @param refused a login that it refuses
   * @param managementPassword what it shows to the socket
   * @param patience how long it may take for anything
   */
  public record Settings(
      Optional<Login> accepted,
      Optional<Login> refused,
      Optional<String> managementPassword,
      Duration patience) {

    /** Any controller: nothing is known of it. */
    public static Settings ofAny() {
      return new Settings(
          Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofSeconds(30));
    }
  }

  private Suite(FakeOpenVpn openVpn, Settings settings, TimeSource time) {
    this.openVpn = openVpn;
    this.settings = settings;
    this.time = time;
  }

  /** Listens there, or on a unix socket in a new folder. */
  public static Suite listen(
      Optional<ManagementAddress> address, Settings settings, TimeSource time) {
    FakeOpenVpnBuilder builder = FakeOpenVpn.builder().virtualTime();
    address.ifPresent(builder::listen);
    settings.managementPassword().ifPresent(builder::password);
    return new Suite(builder.start(), settings, time);
  }

  /** Every scenario, in the order in which they are played. */
  public static List<Scenario> scenarios() {
    return Stream.of(
            AnswerScenarios.all(),
            StreamScenarios.all(),
            HostileScenarios.all(),
            LifeScenarios.all())
        .flatMap(List::stream)
        .toList();
  }

  /** Where the controller has to attach. */
  public ManagementAddress address() {
    return openVpn.address();
  }

  /**
   * Plays the scenarios that are wanted.
   *
   * @param listener hears each result as it comes
   */
  public Report play(Predicate<Scenario> wanted, Consumer<Result> listener) {
    List<Result> results = new ArrayList<>();
    for (Scenario scenario : scenarios()) {
      if (wanted.test(scenario)) {
        Result result = play(scenario);
        results.add(result);
        listener.accept(result);
      }
    }
    return new Report(results);
  }

  /** Plays one scenario. */
  public Result play(Scenario scenario) {
    long begin = time.nanoTime();
    Outcome outcome = outcome(scenario);
    return new Result(scenario, outcome, Duration.ofNanos(time.nanoTime() - begin));
  }

  private Outcome outcome(Scenario scenario) {
    Optional<String> missing = missing(scenario.needs());
    if (missing.isPresent()) {
      return new Outcome.Skipped(missing.get());
    }
    if (nobodyCame) {
      return new Outcome.Skipped("no controller has ever attached");
    }
    openVpn.behave();
    openVpn.stop();
    Stage stage =
        new Stage(openVpn, time, settings.patience(), settings.accepted(), settings.refused());
    openVpn.restart();
    try {
      stage.awaitServing();
      stage.stillAnswers("after attaching"); // What it sends on attaching has been carried out.
      return new Outcome.Passed(scenario.play().on(stage));
    } catch (NotConforming e) {
      nobodyCame = openVpn.attachments() == 0;
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    } catch (AssertionError e) {
      return new Outcome.Failed("the hold was never released");
    } catch (IllegalStateException e) {
      // It ended the daemon, or a client in the middle of what that had to do.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Outcome.Failed("it left the scenario no way to go on: " + cause.getMessage());
    }
  }

  private Optional<String> missing(Scenario.Needs needs) {
    return switch (needs) {
      case NOTHING -> Optional.empty();
      case ACCEPTED_LOGIN ->
          settings.accepted().isPresent()
              ? Optional.empty()
              : Optional.of("needs a login that is accepted");
      case BOTH_LOGINS ->
          settings.accepted().isPresent() && settings.refused().isPresent()
              ? Optional.empty()
              : Optional.of("needs a login that is accepted and one that is refused");
      case MANAGEMENT_PASSWORD ->
          settings.managementPassword().isPresent()
              ? Optional.empty()
              : Optional.of("needs a management password");
    };
  }

  @Override
  public void close() {
    openVpn.close();
  }
}

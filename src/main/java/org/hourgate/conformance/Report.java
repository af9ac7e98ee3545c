package org.hourgate.conformance;

import java.util.List;
import java.util.function.Predicate;

/** What came out of a run. */
public record Report(List<Result> results) {

  public Report {
    results = List.copyOf(results);
  }

  /** Whether nothing failed that a controller must do. */
  public boolean isConforming() {
    return results.stream().noneMatch(Result::isFailed);
  }

  public long passed() {
    return count(result -> result.outcome() instanceof Outcome.Passed);
  }

  public long failed() {
    return count(Result::isFailed);
  }

  public long warnings() {
    return count(Result::isWarning);
  }

  public long skipped() {
    return count(result -> result.outcome() instanceof Outcome.Skipped);
  }

  private long count(Predicate<Result> condition) {
    return results.stream().filter(condition).count();
  }

  /** One line for people. */
  public String summary() {
    return "%d passed, %d failed, %d warnings, %d skipped"
        .formatted(passed(), failed(), warnings(), skipped());
  }

  /** One result for people. */
  public static String line(Result result) {
    String name = result.scenario().name();
    double seconds = result.took().toMillis() / 1e3;
    return switch (result.outcome()) {
      case Outcome.Passed(String note) ->
          "passed   %-32s %6.1f s%s".formatted(name, seconds, note.isEmpty() ? "" : "  " + note);
      case Outcome.Failed(String reason) ->
          "%s %-32s %6.1f s  %s%n         %s%n         (%s)"
              .formatted(
                  result.isFailed() ? "FAILED  " : "warning ",
                  name,
                  seconds,
                  reason,
                  result.scenario().title(),
                  result.scenario().because());
      case Outcome.Skipped(String reason) -> "skipped  %-32s           %s".formatted(name, reason);
    };
  }
}

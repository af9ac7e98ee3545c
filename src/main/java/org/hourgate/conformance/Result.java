package org.hourgate.conformance;

import java.time.Duration;

/** How one scenario went, and how long it took. */
public record Result(Scenario scenario, Outcome outcome, Duration took) {

  /** The same with something more to tell. */
  public Result withNote(String note) {
    Outcome noted =
        switch (outcome) {
          case Outcome.Passed(String text) ->
              new Outcome.Passed(text.isEmpty() ? note : text + "; " + note);
          case Outcome.Failed(String reason) -> new Outcome.Failed(reason + "; " + note);
          case Outcome.Skipped skipped -> skipped;
        };
    return new Result(scenario, noted, took);
  }

  /** Whether the controller failed in what it must do. */
  public boolean isFailed() {
    return outcome instanceof Outcome.Failed && scenario.requirement() == Requirement.MUST;
  }

  /** Whether it failed in what it should do. */
  public boolean isWarning() {
    return outcome instanceof Outcome.Failed && scenario.requirement() == Requirement.SHOULD;
  }
}

package org.hourgate.conformance;

import java.time.Duration;

/** How one scenario went, and how long it took. */
public record Result(Scenario scenario, Outcome outcome, Duration took) {

  /** Whether the controller failed in what it must do. */
  public boolean isFailed() {
    return outcome instanceof Outcome.Failed && scenario.requirement() == Requirement.MUST;
  }

  /** Whether it failed in what it should do. */
  public boolean isWarning() {
    return outcome instanceof Outcome.Failed && scenario.requirement() == Requirement.SHOULD;
  }
}

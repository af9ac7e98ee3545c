package org.hourgate.operator;

import java.util.List;

/**
 * What became of reading the configuration again.
 *
 * @param problems everything that is wrong with it; then nothing was changed
 * @param applied keys whose new value holds from now on
 * @param needsRestart keys that are written otherwise than they hold, until a restart
 */
public record ReloadOutcome(
    List<String> problems, List<String> applied, List<String> needsRestart) {
  public ReloadOutcome {
    problems = List.copyOf(problems);
    applied = List.copyOf(applied);
    needsRestart = List.copyOf(needsRestart);
  }

  /** Nothing was changed. */
  public static ReloadOutcome refused(List<String> problems) {
    return new ReloadOutcome(problems, List.of(), List.of());
  }
}

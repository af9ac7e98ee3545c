package org.hourgate.conformance;

/** How a scenario ended. */
public sealed interface Outcome {

  /**
   * The controller did what it must.
   *
   * @param note what was measured on the way; may be empty
   */
  record Passed(String note) implements Outcome {}

  /** It did not. */
  record Failed(String reason) implements Outcome {}

  /** It could not be tried. */
  record Skipped(String reason) implements Outcome {}
}

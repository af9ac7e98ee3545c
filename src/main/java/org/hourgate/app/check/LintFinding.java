package org.hourgate.app.check;

/**
 * A trap of an OpenVPN configuration that it walks into.
 *
 * @param where {@code line 7}; empty if it is about a line that is missing
 * @param message what is wrong
 * @param change what to write
 * @param line the line that cures it at the end of the file, empty if that needs a person
 */
record LintFinding(
    FindingCode code, Weight weight, String where, String message, String change, String line) {

  /** How bad it is. */
  enum Weight {
    /** Nobody should be let in before it is changed. */
    UNSAFE,
    /** It does not do what it is for. */
    WRONG,
    /** It works, but not as well as it could. */
    ADVICE
  }

  @Override
  public String toString() {
    return (where.isEmpty() ? "" : where + ": ") + message + ": " + change;
  }
}

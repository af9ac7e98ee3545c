package org.hourgate.conformance;

/**
 * One thing that a controller has to do.
 *
 * @param name for the command line and the report
 * @param title what it has to do, as a sentence
 * @param because where OpenVPN's behaviour can be looked up, or what was measured
 */
public record Scenario(
    String name, Requirement requirement, Needs needs, String title, String because, Play play) {

  /** What has to be known of the controller's configuration. */
  public enum Needs {
    /** Nothing: any controller can be tried. */
    NOTHING,
    /** A login that it accepts, as often as it comes. */
    ACCEPTED_LOGIN,
    /** A login that it accepts, and one that it refuses. */
    BOTH_LOGINS,
    /** The password that it shows to the management socket. */
    MANAGEMENT_PASSWORD
  }

  /** What happens. Returns what was measured; throws {@link NotConforming}. */
  @FunctionalInterface
  interface Play {
    String on(Stage stage);
  }
}

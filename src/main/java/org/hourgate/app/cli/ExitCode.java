package org.hourgate.app.cli;

/** What the process ends with. Fixed: scripts rely on the numbers. */
public final class ExitCode {
  public static final int OK = 0;
  public static final int NOTHING_TO_DO = 1;

  /** picocli's own number for wrong arguments. */
  public static final int USAGE = 2;

  /** The configuration is wrong, or OpenVPN's settings are unsafe. */
  public static final int CONFIGURATION = 3;

  public static final int UNREACHABLE = 4;
  public static final int REFUSED = 5;

  private ExitCode() {}
}

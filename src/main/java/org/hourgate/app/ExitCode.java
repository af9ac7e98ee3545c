package org.hourgate.app;

/** What the process ends with. Fixed: scripts rely on the numbers. */
final class ExitCode {
  static final int OK = 0;
  static final int NOTHING_TO_DO = 1;

  /** picocli's own number for wrong arguments. */
  static final int USAGE = 2;

  /** The configuration is wrong, or OpenVPN's settings are unsafe. */
  static final int CONFIGURATION = 3;

  static final int UNREACHABLE = 4;
  static final int REFUSED = 5;

  private ExitCode() {}
}

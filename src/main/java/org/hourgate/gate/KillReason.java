package org.hourgate.gate;

/** What somebody who ends a session may say to its customer and to the log. */
public final class KillReason {

  /** In characters: with what stands around it, it fits into a client's text. */
  public static final int MAX_LENGTH = 160;

  private KillReason() {}

  /** Whether it says something, on one line that is not too long. */
  public static boolean isFit(String reason) {
    return !reason.isBlank()
        && reason.length() <= MAX_LENGTH
        && reason.chars().noneMatch(Character::isISOControl);
  }

  /** In quotes, for the audit log: what somebody wrote can't look like a field of ours. */
  public static String quoted(String reason) {
    return '"' + reason.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}

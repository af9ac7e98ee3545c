package org.hourgate.app.check;

/**
 * One thing that was looked at.
 *
 * @param code for programs: the same in every version
 * @param subject what: {@code openvpn udp}, {@code chain http://127.0.0.1:8545}
 * @param message what is so
 * @param change what to change; empty if nothing
 */
public record Finding(
    FindingCode code, Level level, String subject, String message, String change) {

  /** How bad it is. */
  public enum Level {
    OK,
    /** Works, but not as it should. */
    WARNING,
    /** Wrong or unsafe: must be changed. */
    ERROR,
    /** Could not be looked at, because nobody answers. */
    UNREACHABLE
  }
}

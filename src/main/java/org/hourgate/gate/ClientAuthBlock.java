package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lines of a client-auth block. Made of constants, integers and our own base64 only: OpenVPN
 * takes a wrong line without complaint and lets the client in.
 */
final class ClientAuthBlock {

  private static final long LONGEST_TIMEOUT = Integer.MAX_VALUE;

  private ClientAuthBlock() {}

  /**
   * Seconds for {@code session-timeout}: the paid time that is left, plus the slack, rounded up.
   */
  static long beltSeconds(Instant now, Instant paidUntil, Duration slack) {
    Duration left = Duration.between(now, paidUntil.plus(slack));
    long seconds = left.getSeconds() + (left.getNano() > 0 ? 1 : 0);
    if (seconds < 1) {
      throw new IllegalArgumentException("no time left: " + left);
    }
    return Math.min(seconds, LONGEST_TIMEOUT);
  }

  static List<String> directives(Optional<Long> beltSeconds, Optional<String> token) {
    List<String> lines = new ArrayList<>();
    beltSeconds.ifPresent(s -> lines.add("session-timeout " + s));
    token.ifPresent(t -> lines.add("push \"auth-token " + t + "\""));
    return lines;
  }
}

package org.hourgate.gate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hourgate.management.ClientId;

/**
 * What became of a kill.
 *
 * @param sessions those that were found and whose cut was written; none means nobody was meant
 */
public record KillResult(List<Ended> sessions) {
  public KillResult {
    sessions = List.copyOf(sessions);
  }

  /**
   * One session.
   *
   * @param wallet in EIP-55 spelling
   * @param confirmed when OpenVPN reported its end; empty if it did not in time
   */
  public record Ended(
      String instance, ClientId client, String wallet, Optional<Instant> confirmed) {}

  /** How many were cut. */
  public int cut() {
    return sessions.size();
  }

  /** How many of them OpenVPN reported as ended. */
  public int confirmed() {
    return (int) sessions.stream().filter(s -> s.confirmed().isPresent()).count();
  }
}

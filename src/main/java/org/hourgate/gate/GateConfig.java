package org.hourgate.gate;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The gate's policies.
 *
 * @param publicUrl where customers buy; shown in their texts
 * @param sessionsPerWallet 1 or more
 * @param whenFull what a further device of a wallet meets
 * @param belt how long after the paid time OpenVPN itself ends a session if the gate is dead, 5 s
 *     or more; empty for no such limit
 * @param webSignIn who may sign on the page for a client that waits
 */
public record GateConfig(
    URI publicUrl,
    int sessionsPerWallet,
    WhenFull whenFull,
    Optional<Duration> belt,
    WebSignIn webSignIn) {

  private static final Duration SHORTEST_BELT = Duration.ofSeconds(5);

  public GateConfig {
    if (sessionsPerWallet < 1) {
      throw new IllegalArgumentException("sessionsPerWallet must be 1 or more");
    }
    if (belt.isPresent() && belt.get().compareTo(SHORTEST_BELT) < 0) {
      throw new IllegalArgumentException("belt must be 5 s or more");
    }
  }

  /** Who may sign on the page for a client that waits. */
  public enum WebSignIn {
    /** Whoever comes from the client's own network address: a link sent to others is no use. */
    SAME_ADDRESS,
    /** Whoever has the link. */
    ANYWHERE,
    /** Nobody: a client needs a signed password. */
    OFF
  }

  /** What happens when a wallet has all its sessions and another device comes. */
  public enum WhenFull {
    /** The oldest session is cut, with a text that makes its client stop. */
    NEWEST_WINS,
    /** The new device is refused. */
    REFUSE
  }
}

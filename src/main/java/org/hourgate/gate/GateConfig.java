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
 * @param webSignInTime for how long it waits
 */
public record GateConfig(
    URI publicUrl,
    int sessionsPerWallet,
    WhenFull whenFull,
    Optional<Duration> belt,
    WebSignIn webSignIn,
    Duration webSignInTime) {

  /** Nobody waits for longer. */
  public static final Duration LONGEST_WEB_SIGN_IN = Duration.ofMinutes(10);

  private static final Duration USUAL_WEB_SIGN_IN = Duration.ofMinutes(5);
  private static final Duration SHORTEST_BELT = Duration.ofSeconds(5);

  public GateConfig {
    if (sessionsPerWallet < 1) {
      throw new IllegalArgumentException("sessionsPerWallet must be 1 or more");
    }
    if (belt.isPresent() && belt.get().compareTo(SHORTEST_BELT) < 0) {
      throw new IllegalArgumentException("belt must be 5 s or more");
    }
    if (webSignInTime.compareTo(LONGEST_WEB_SIGN_IN) > 0) {
      throw new IllegalArgumentException("webSignInTime must be 10 min or less");
    }
  }

  /** With the usual time to sign on the page. */
  public GateConfig(
      URI publicUrl,
      int sessionsPerWallet,
      WhenFull whenFull,
      Optional<Duration> belt,
      WebSignIn webSignIn) {
    this(publicUrl, sessionsPerWallet, whenFull, belt, webSignIn, USUAL_WEB_SIGN_IN);
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

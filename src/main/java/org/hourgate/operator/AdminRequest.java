package org.hourgate.operator;

import org.jspecify.annotations.Nullable;

/**
 * One line to the admin socket.
 *
 * @param command {@code sessions} or {@code kill}
 * @param wallet whose sessions to end; or
 * @param instance with
 * @param cid which client of which instance
 * @param reason why; shown to the client
 */
public record AdminRequest(
    @Nullable String command,
    @Nullable String wallet,
    @Nullable String instance,
    @Nullable Long cid,
    @Nullable String reason) {

  /** Asks for every session. */
  public static AdminRequest sessions() {
    return new AdminRequest("sessions", null, null, null, null);
  }

  /** Ends every session of a wallet. */
  public static AdminRequest kill(String wallet, String reason) {
    return new AdminRequest("kill", wallet, null, null, reason);
  }

  /** Ends one session. */
  public static AdminRequest kill(String instance, long cid, String reason) {
    return new AdminRequest("kill", null, instance, cid, reason);
  }
}

package org.hourgate.management;

/**
 * Hears what one OpenVPN process does, in the order of the stream. Called on the connection's event
 * loop: return at once, never block. What a method throws is logged and changes nothing.
 */
public interface ManagementListener {

  /** The greeting was read (and the password accepted); commands can be sent. */
  void attached(Epoch epoch);

  /**
   * The server context was replaced on the same connection: every CID known before is void and
   * commands for the earlier epoch are dropped. Comes before the notification that showed it.
   */
  void epochStarted(Epoch epoch);

  /** A notification of the present epoch. */
  void notified(Epoch epoch, Notification notification);

  /**
   * The connection is gone or could not be made; a new attempt follows by itself. Comes once for
   * each loss, and for a failed attempt only if its reason is not the one told last.
   *
   * @param reason in words for the operator
   */
  void detached(String reason);
}

package org.hourgate.session;

import java.time.Instant;
import java.util.Optional;
import org.hourgate.management.Epoch;
import org.hourgate.management.KeyId;

/** What happens to clients, in the gate's words. */
public sealed interface SessionEvent {

  InstanceName instance();

  /** The management connection is up, or OpenVPN's context was replaced on it. */
  record EpochStarted(InstanceName instance, Epoch epoch) implements SessionEvent {}

  /** The management connection is gone; sessions run on unseen. */
  record Detached(InstanceName instance, String reason) implements SessionEvent {}

  /** A first login waits for a verdict. */
  record LoginRequested(SessionKey session, KeyId key, ClientLogin login) implements ClientEvent {}

  /** A renegotiation of a live session waits for a verdict. */
  record ReauthRequested(SessionKey session, KeyId key, ClientLogin login) implements ClientEvent {}

  /** An admitted client has this key from now on; the one before was not OpenVPN's. */
  record Identified(SessionKey session, SessionKey client) implements ClientEvent {}

  /**
   * The tunnel is up. Addresses are empty where OpenVPN named none.
   *
   * @param tunnelAddress6 the IPv6 address, where {@code tunnelAddress} is another; else empty
   * @param connectedSince when the client's instance was made, whole seconds, as in {@link
   *     StatusTable.Row}; empty if that was not told
   */
  record Established(
      SessionKey session,
      String username,
      String realAddress,
      String tunnelAddress,
      String tunnelAddress6,
      Optional<Instant> connectedSince)
      implements ClientEvent {}

  /** Bytes from and to a live client so far. */
  record Traffic(SessionKey session, long bytesIn, long bytesOut) implements ClientEvent {}

  /** The client instance is closed; byte counts from the server's view, 0 if never up. */
  record Ended(SessionKey session, long bytesIn, long bytesOut) implements ClientEvent {}

  /** Events that concern one client. */
  sealed interface ClientEvent extends SessionEvent {
    SessionKey session();

    @Override
    default InstanceName instance() {
      return session().instance();
    }
  }
}

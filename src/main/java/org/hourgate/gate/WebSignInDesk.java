package org.hourgate.gate;

import java.net.InetAddress;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.hourgate.credential.WaitingConnection;

/**
 * What the page may ask about VPN clients that wait for a signature. Safe for any thread; stages
 * complete on the gate's thread, where nobody may block. To whoever asks from elsewhere than the
 * client connects from nothing is told of it, unless that is configured.
 */
public interface WebSignInDesk {

  /** The password by which a client asks for a page; no signed password is so short. */
  String PASSWORD = "web";

  /** Whether a client may come without a signed password at all. */
  boolean isOpen();

  /** What the page shows before anything is signed. */
  CompletionStage<Found> find(String id, InetAddress visitor);

  /**
   * Lets the client in, if the approval is right and the wallet may come in.
   *
   * @param approval the text of an {@link org.hourgate.credential.Approval}
   */
  CompletionStage<Answer> approve(String id, InetAddress visitor, String approval);

  /** Turns the client away. */
  CompletionStage<Answer> refuse(String id, InetAddress visitor);

  /** What there is of that name. */
  sealed interface Found permits Waiting, Gone, Elsewhere {}

  /** What became of it. */
  sealed interface Answer permits Admitted, TurnedAway, Gone, Elsewhere {}

  /**
   * A client that waits.
   *
   * @param program what the client says of itself; may be empty
   * @param until when it is turned away
   */
  record Waiting(WaitingConnection connection, String program, Instant until) implements Found {}

  /** The client was let in, if it is still there: OpenVPN may not have noticed that it left. */
  record Admitted() implements Answer {}

  /**
   * The client was not let in.
   *
   * @param text what the client is told, with the code at the end
   * @param isFinal whether the client was answered by it; else it goes on waiting
   */
  record TurnedAway(ReasonCode reason, String text, boolean isFinal) implements Answer {}

  /** Nothing waits by that name: never did, was answered, was too slow, or its client has left. */
  record Gone() implements Found, Answer {}

  /** The one who asks is at another network address than the client. */
  record Elsewhere() implements Found, Answer {}
}

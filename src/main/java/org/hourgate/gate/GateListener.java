package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.management.ClientId;

/**
 * Hears what the gate does, to count it. Called on the gate's thread, also while somebody waits for
 * a verdict: return at once. Nothing is decided here.
 */
public interface GateListener {

  /** What OpenVPN asked. */
  enum Question {
    CONNECT,
    REAUTH
  }

  /** What became of a client that waited for a signature on the page. */
  enum WebSignIn {
    APPROVED,
    REFUSED,
    TIMEOUT,
    CROWDED_OUT
  }

  void webSignIn(WebSignIn outcome);

  /**
   * A client is let in or may stay.
   *
   * @param decision the decision's name in the log
   * @param took since the question arrived
   */
  void allowed(Question question, String decision, Duration took);

  void denied(Question question, String decision, ReasonCode reason, Duration took);

  /** A client was gone before its verdict. */
  void abandoned();

  /** A client was let in and its tunnel did not come up. */
  void neverUp();

  /** A session was found running after a restart of ours. */
  void learned(String instance);

  /** A renegotiation that nobody heard was answered afterwards. */
  void reauthLost();

  /** A live session's end moved to a later time. */
  void extended();

  /** A session was told to reconnect, because its time goes beyond its belt. */
  void beltPassed();

  /** The first cut of a session, or of a client without one. */
  void cut(ReasonCode reason);

  /**
   * The cut of a session whose time is over was written.
   *
   * @param lag since the end of its time
   */
  void expired(Duration lag);

  /**
   * A cut was not confirmed and is tried once more.
   *
   * @param byName by {@code kill CN}, and not by the same commands again
   */
  void cutAgain(boolean byName);

  /** A client's tunnel was up without a verdict of ours. */
  void stranger();

  /** Bytes since the last time. */
  void traffic(String instance, long in, long out);

  /** A session whose tunnel was up is over. */
  void ended(EndedSession session);

  /** A life of an OpenVPN context, or of a connection to it, begins. */
  void epochStarted(String instance);

  /**
   * A session that is over.
   *
   * @param wallet in EIP-55 spelling
   * @param since when it began
   * @param reason the code it was cut for; without a cut {@code client}, {@code gone} or {@code
   *     lost}
   */
  record EndedSession(
      String instance, ClientId client, String wallet, Instant since, Instant end, String reason) {}

  /** Hears nothing. */
  static GateListener none() {
    return new SilentGateListener();
  }
}

package org.hourgate.management;

/**
 * What the daemon says unasked: a line that begins with {@code >}, or a {@code >CLIENT:} block.
 * Words of OpenVPN's {@code doc/management-notes.txt}. What we do not know is {@link Unrecognized},
 * never an exception. Texts hold the bytes as they came (ISO-8859-1).
 */
public sealed interface Notification {

  /** {@code >CLIENT:CONNECT}: a first login waits for a verdict. */
  record ClientConnect(ClientId client, KeyId key, ClientEnvironment environment)
      implements Notification {}

  /** {@code >CLIENT:REAUTH}: a renegotiation of an established client waits for a verdict. */
  record ClientReauth(ClientId client, KeyId key, ClientEnvironment environment)
      implements Notification {}

  /** {@code >CLIENT:ESTABLISHED}: the tunnel is up. */
  record ClientEstablished(ClientId client, ClientEnvironment environment)
      implements Notification {}

  /** {@code >CLIENT:DISCONNECT}: the instance is closed; the block may be empty. */
  record ClientDisconnect(ClientId client, ClientEnvironment environment) implements Notification {}

  /** {@code >CLIENT:ADDRESS}: comes before ESTABLISHED. */
  record ClientAddress(ClientId client, String address, boolean primary) implements Notification {}

  /** {@code >CLIENT:CR_RESPONSE}: any client may send it at any time; hostile input. */
  record ClientChallengeResponse(
      ClientId client, KeyId key, String response, ClientEnvironment environment)
      implements Notification {

    /** Without the response: it may be a signature or a password. */
    @Override
    public String toString() {
      return "ClientChallengeResponse[client=%s, key=%s, %d characters, %s]"
          .formatted(client, key, response.length(), environment);
    }
  }

  /** {@code >BYTECOUNT_CLI}: bytes from and to the client so far. */
  record ByteCount(ClientId client, long bytesIn, long bytesOut) implements Notification {}

  /** {@code >STATE}: unix seconds, state name, and the rest of the line as it is. */
  record StateChange(long time, String name, String detail, String rest) implements Notification {}

  /** {@code >HOLD}: the daemon waits for {@code hold release}. */
  record Hold(String text) implements Notification {}

  /** {@code >INFO}: the greeting. */
  record Info(String text) implements Notification {}

  /** {@code >LOG}: unix seconds, flags, text. */
  record LogLine(long time, String flags, String text) implements Notification {}

  /** {@code >FATAL}: the daemon is about to end. */
  record Fatal(String text) implements Notification {}

  /**
   * Any other line that begins with {@code >}: {@code NOTIFY}, {@code INFOMSG}, new ones, and known
   * ones with fields we can't read. On a server clients write some of these texts.
   *
   * @param source what stands before the first colon
   */
  record Unrecognized(String source, String text) implements Notification {

    /** Without the text: nobody knows what it holds. */
    @Override
    public String toString() {
      return "Unrecognized[source=%s, %d characters]".formatted(source, text.length());
    }
  }
}

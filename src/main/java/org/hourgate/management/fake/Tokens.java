package org.hourgate.management.fake;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Tokens in the shape of {@code auth-gen-token} ({@code auth_token.c generate_auth_token}): session
 * id, two times, 32 bytes of a MAC. The MAC is none, since nobody but the daemon itself can check
 * it.
 */
final class Tokens {

  private static final int SESSION_ID_BYTES = 12;
  private static final int BYTES = SESSION_ID_BYTES + 2 * Long.BYTES + 32;

  private Tokens() {}

  /** The session id of the so many-th client of a daemon: 16 characters. */
  static String sessionId(int pid, long number) {
    byte[] digest = digest((pid + "/" + number).getBytes(US_ASCII));
    return Base64.getEncoder()
        .encodeToString(ByteBuffer.allocate(SESSION_ID_BYTES).put(digest, 0, 12).array());
  }

  static String token(String sessionId, long since, long renewed) {
    byte[] times = ByteBuffer.allocate(2 * Long.BYTES).putLong(since).putLong(renewed).array();
    ByteBuffer token =
        ByteBuffer.allocate(BYTES)
            .put(Base64.getDecoder().decode(sessionId))
            .put(times)
            .put(digest(times));
    return "SESS_ID_AT_" + Base64.getEncoder().encodeToString(token.array());
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

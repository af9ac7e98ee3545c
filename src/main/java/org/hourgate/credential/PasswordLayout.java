package org.hourgate.credential;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * The bytes of a password: kind (1), issuedAt in unix seconds (4, unsigned), lifetime in seconds
 * (3), then nonce (16) and signature (64 or 65), or device id (8) and MAC (32). Written as
 * base64url without padding, at most 119 characters: OpenVPN clients built without PKCS#11 cut a
 * password at 127 (misc.h, USER_PASS_LEN).
 */
final class PasswordLayout {
  static final int HEAD_LENGTH = 8;
  static final int MAC_LENGTH = 32;
  static final int PREFIX_LENGTH = HEAD_LENGTH + Nonce.LENGTH;
  static final int COMPACT_LENGTH = PREFIX_LENGTH + EthereumSignature.COMPACT_LENGTH;
  static final int EXPANDED_LENGTH = PREFIX_LENGTH + EthereumSignature.EXPANDED_LENGTH;
  static final int TOKEN_LENGTH = HEAD_LENGTH + DeviceId.LENGTH + MAC_LENGTH;

  /** 89 bytes in base64url. */
  private static final int MAX_CHARACTERS = 119;

  private static final long MAX_UNSIGNED_INT = 0xffff_ffffL;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private PasswordLayout() {}

  /** Throws unless both are whole seconds that fit their fields. */
  static void requireTimes(Instant issuedAt, Duration lifetime) {
    if (issuedAt.getNano() != 0
        || issuedAt.getEpochSecond() < 0
        || issuedAt.getEpochSecond() > MAX_UNSIGNED_INT) {
      throw new IllegalArgumentException("issuedAt must be whole unix seconds in 32 bits");
    }
    if (!lifetime.equals(Duration.ofSeconds(lifetime.toSeconds()))
        || lifetime.isNegative()
        || lifetime.compareTo(Credential.MAX_LIFETIME) > 0) {
      throw new IllegalArgumentException("lifetime must be whole seconds in 24 bits");
    }
  }

  static byte[] head(CredentialKind kind, Instant issuedAt, Duration lifetime) {
    long seconds = lifetime.toSeconds();
    return ByteBuffer.allocate(HEAD_LENGTH)
        .put(kind.code())
        .putInt((int) issuedAt.getEpochSecond())
        .put((byte) (seconds >> 16))
        .putShort((short) seconds)
        .array();
  }

  /** The bytes of a text in its one spelling: base64url, no padding, no stray last bits. */
  static Optional<byte[]> decode(String text) {
    if (text.isEmpty() || text.length() > MAX_CHARACTERS) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      // Java's decoder takes more spellings than one.
      return bytes.length > 0 && encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static byte[] take(ByteBuffer buffer, int length) {
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }

  static Instant readIssuedAt(ByteBuffer buffer) {
    return Instant.ofEpochSecond(Integer.toUnsignedLong(buffer.getInt()));
  }

  static Duration readLifetime(ByteBuffer buffer) {
    int high = Byte.toUnsignedInt(buffer.get());
    return Duration.ofSeconds((high << 16) | Short.toUnsignedInt(buffer.getShort()));
  }

  static String encode(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer buffer = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      buffer.put(part);
    }
    return BASE64.encodeToString(buffer.array());
  }
}

package org.hourgate.credential;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What makes one signed text differ from the next: 16 bytes.
 *
 * @param hex 32 lower-case hexadecimal digits, as in the signed text
 */
public record Nonce(String hex) {
  static final int LENGTH = 16;

  public Nonce {
    LowerHex.require(hex, 2 * LENGTH);
  }

  static Nonce ofBytes(byte[] bytes) {
    return new Nonce(LowerHex.format(bytes));
  }

  byte[] bytes() {
    return LowerHex.parse(hex);
  }

  /** The first 8 bytes of the nonce's SHA-256. */
  public DeviceId deviceId() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes());
      return new DeviceId(LowerHex.format(Arrays.copyOf(hash, DeviceId.LENGTH)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "Nonce[hidden]";
  }
}

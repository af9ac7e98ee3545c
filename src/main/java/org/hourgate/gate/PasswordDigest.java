package org.hourgate.gate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Recognises a password that was checked before, without keeping it. */
final class PasswordDigest {

  private final byte[] sha256;

  private PasswordDigest(byte[] sha256) {
    this.sha256 = sha256;
  }

  static PasswordDigest of(String password) {
    try {
      return new PasswordDigest(
          MessageDigest.getInstance("SHA-256")
              .digest(password.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  boolean matches(PasswordDigest other) {
    return MessageDigest.isEqual(sha256, other.sha256);
  }
}

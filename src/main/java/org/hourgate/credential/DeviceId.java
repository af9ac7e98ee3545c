package org.hourgate.credential;

/**
 * The same for a signed credential and every token that descends from it. No secret: it tells
 * nothing about the nonce.
 *
 * @param hex 16 lower-case hexadecimal digits
 */
public record DeviceId(String hex) {
  static final int LENGTH = 8;

  public DeviceId {
    LowerHex.require(hex, 2 * LENGTH);
  }

  byte[] bytes() {
    return LowerHex.parse(hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}

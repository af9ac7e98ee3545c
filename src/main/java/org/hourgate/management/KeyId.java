package org.hourgate.management;

/** OpenVPN's {@code KID}: one TLS key state of a client instance. Seen: 1, then 3, 4, 5 …. */
public record KeyId(long value) {
  public KeyId {
    if (value < 0) {
      throw new IllegalArgumentException("KID must not be negative: " + value);
    }
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}

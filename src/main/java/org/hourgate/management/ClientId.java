package org.hourgate.management;

/** OpenVPN's {@code CID}: one client instance within one {@link Epoch}. Counts from 0 in each. */
public record ClientId(long value) {
  public ClientId {
    if (value < 0) {
      throw new IllegalArgumentException("CID must not be negative: " + value);
    }
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}

package org.hourgate.session;

/** The configured name of one OpenVPN process, as operators see it: {@code udp}, {@code tcp}. */
public record InstanceName(String value) {
  @Override
  public String toString() {
    return value;
  }
}

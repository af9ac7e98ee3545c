package org.hourgate.management;

/**
 * The stream is not what the protocol allows, so its position is unknown: the connection is closed.
 */
public final class ManagementProtocolException extends ManagementException {
  public ManagementProtocolException(String message) {
    super(message);
  }
}

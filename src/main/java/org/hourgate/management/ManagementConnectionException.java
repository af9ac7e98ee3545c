package org.hourgate.management;

/** There is no connection, or it was lost before the reply; the command is not sent again. */
public final class ManagementConnectionException extends ManagementException {
  public ManagementConnectionException(String message) {
    super(message);
  }
}

package org.hourgate.management;

/** Something is wrong between us and the daemon; the root of this boundary's exceptions. */
public class ManagementException extends RuntimeException {
  public ManagementException(String message) {
    super(message);
  }

  public ManagementException(String message, Throwable cause) {
    super(message, cause);
  }
}

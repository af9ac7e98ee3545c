package org.hourgate.app.lab;

/** Something the lab needs is missing or did not happen in time. */
public final class LabException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LabException(String message) {
    super(message);
  }

  LabException(String message, Throwable cause) {
    super(message, cause);
  }
}

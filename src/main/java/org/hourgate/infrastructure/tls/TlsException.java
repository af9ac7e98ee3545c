package org.hourgate.infrastructure.tls;

/** A certificate or its key can't be used; the message tells the operator what to do. */
public final class TlsException extends RuntimeException {

  TlsException(String message) {
    super(message);
  }

  TlsException(String message, Throwable cause) {
    super(message, cause);
  }
}

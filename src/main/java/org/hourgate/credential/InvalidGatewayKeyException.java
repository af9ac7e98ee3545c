package org.hourgate.credential;

/** The gateway key file can't be used; the message tells the operator what to do. */
public final class InvalidGatewayKeyException extends CredentialException {
  InvalidGatewayKeyException(String message) {
    super(message);
  }

  InvalidGatewayKeyException(String message, Throwable cause) {
    super(message, cause);
  }
}

package org.hourgate.credential;

/** The root of what this package throws about input from outside. Messages hold no secret. */
public abstract sealed class CredentialException extends RuntimeException
    permits InvalidWalletAddressException, InvalidGatewayKeyException, InvalidWalletKeyException {
  CredentialException(String message) {
    super(message);
  }

  CredentialException(String message, Throwable cause) {
    super(message, cause);
  }
}

package org.hourgate.credential;

/** The text is no private key; the message says what is expected and never what was found. */
public final class InvalidWalletKeyException extends CredentialException {
  InvalidWalletKeyException(String message) {
    super(message);
  }
}

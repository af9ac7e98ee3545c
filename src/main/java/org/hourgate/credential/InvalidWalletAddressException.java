package org.hourgate.credential;

/** The text is no wallet address; the message tells the person who typed it what to do. */
public final class InvalidWalletAddressException extends CredentialException {
  InvalidWalletAddressException(String message) {
    super(message);
  }
}

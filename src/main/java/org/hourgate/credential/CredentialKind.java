package org.hourgate.credential;

import java.util.Optional;

/** What a credential is good for: the first byte of its password. */
public enum CredentialKind {
  /** Signed by a wallet, good for one session. */
  LOGIN(1),
  /** Signed by a wallet, good again and again until it expires or is revoked. */
  DEVICE(2),
  /** Minted by the gateway for a client that reconnects; never from a wallet. */
  TOKEN(3),
  /** Web sign-in to one waiting connection. Never a password. */
  APPROVAL(4);

  private final byte code;

  CredentialKind(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  /** True for the kinds whose password ends with a wallet's signature. */
  boolean isSigned() {
    return this == LOGIN || this == DEVICE;
  }

  static Optional<CredentialKind> ofCode(byte code) {
    for (CredentialKind kind : values()) {
      if (kind.code == code) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}

package org.hourgate.credential;

import java.time.Instant;

/**
 * What a wallet is asked to sign. The password is the prefix followed by the base64url of the
 * signature, without padding.
 *
 * @param message the EIP-4361 text for {@code personal_sign}
 * @param passwordPrefix 32 characters: kind, times and nonce
 */
public record IssuedNonce(
    String message, String passwordPrefix, Instant issuedAt, Instant expires) {
  @Override
  public String toString() {
    return "IssuedNonce[issuedAt " + issuedAt + ", expires " + expires + "]";
  }
}

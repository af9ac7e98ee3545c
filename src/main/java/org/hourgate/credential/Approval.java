package org.hourgate.credential;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a wallet signed to let one waiting connection in. Looks like a signed password, but comes
 * over the page alone and is no {@link Credential}: no VPN client can show it. The shape is right,
 * nothing else: ask {@link CredentialAuthority}. Times are whole seconds.
 */
public record Approval(
    Instant issuedAt, Duration lifetime, Nonce nonce, EthereumSignature signature) {

  public Approval {
    PasswordLayout.requireTimes(issuedAt, lifetime);
  }

  /** Reads as strictly as a password is read; empty for every other kind. */
  public static Optional<Approval> decode(String text) {
    return PasswordLayout.decode(text)
        .filter(
            bytes -> CredentialKind.ofCode(bytes[0]).equals(Optional.of(CredentialKind.APPROVAL)))
        .filter(
            bytes ->
                bytes.length == PasswordLayout.COMPACT_LENGTH
                    || bytes.length == PasswordLayout.EXPANDED_LENGTH)
        .flatMap(
            bytes -> {
              ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
              Instant issuedAt = PasswordLayout.readIssuedAt(buffer);
              Duration lifetime = PasswordLayout.readLifetime(buffer);
              Nonce nonce = Nonce.ofBytes(PasswordLayout.take(buffer, Nonce.LENGTH));
              return EthereumSignature.parse(PasswordLayout.take(buffer, buffer.remaining()))
                  .map(signature -> new Approval(issuedAt, lifetime, nonce, signature));
            });
  }

  /** The first moment at which it is no longer good. */
  public Instant expires() {
    return issuedAt.plus(lifetime);
  }

  /** That of the session it begins, and of the tokens that descend from it. */
  public DeviceId deviceId() {
    return nonce.deviceId();
  }

  @Override
  public String toString() {
    return "Approval[device " + deviceId() + ", expires " + expires() + "]";
  }
}

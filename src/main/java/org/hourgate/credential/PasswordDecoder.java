package org.hourgate.credential;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads passwords, strictly: one exact length per kind, canonical base64url without padding,
 * signature values in range. Never throws; what it does not know is empty. Safe for any thread.
 */
public final class PasswordDecoder {
  private PasswordDecoder() {}

  public static Optional<Credential> decode(String password) {
    return PasswordLayout.decode(password)
        .flatMap(bytes -> CredentialKind.ofCode(bytes[0]).flatMap(kind -> decode(kind, bytes)));
  }

  private static Optional<Credential> decode(CredentialKind kind, byte[] bytes) {
    return switch (kind) {
      case LOGIN, DEVICE ->
          switch (bytes.length) {
            case PasswordLayout.COMPACT_LENGTH, PasswordLayout.EXPANDED_LENGTH ->
                decodeSigned(kind, ByteBuffer.wrap(bytes));
            default -> Optional.empty();
          };
      case TOKEN ->
          bytes.length == PasswordLayout.TOKEN_LENGTH
              ? Optional.of(decodeToken(ByteBuffer.wrap(bytes)))
              : Optional.empty();
      case APPROVAL -> Optional.empty(); // Never a password.
    };
  }

  private static Optional<Credential> decodeSigned(CredentialKind kind, ByteBuffer buffer) {
    buffer.get();
    Instant issuedAt = PasswordLayout.readIssuedAt(buffer);
    Duration lifetime = PasswordLayout.readLifetime(buffer);
    Nonce nonce = Nonce.ofBytes(PasswordLayout.take(buffer, Nonce.LENGTH));
    byte[] signature = PasswordLayout.take(buffer, buffer.remaining());
    return EthereumSignature.parse(signature)
        .map(parsed -> new Credential.Signed(kind, issuedAt, lifetime, nonce, parsed));
  }

  private static Credential decodeToken(ByteBuffer buffer) {
    buffer.get();
    Instant issuedAt = PasswordLayout.readIssuedAt(buffer);
    Duration lifetime = PasswordLayout.readLifetime(buffer);
    DeviceId deviceId = new DeviceId(LowerHex.format(PasswordLayout.take(buffer, DeviceId.LENGTH)));
    return new Credential.Token(
        issuedAt,
        lifetime,
        deviceId,
        LowerHex.format(PasswordLayout.take(buffer, PasswordLayout.MAC_LENGTH)));
  }
}

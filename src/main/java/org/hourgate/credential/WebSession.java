package org.hourgate.credential;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Somebody who proved a wallet to the page. Lives in the visitor's cookie, nowhere else. Times are
 * whole seconds.
 *
 * @param issuedAt that of the signed credential it descends from: a revocation ends both
 * @param deviceId that of the signed credential
 * @param expires the first moment at which it is no longer good
 */
public record WebSession(
    WalletAddress wallet, Instant issuedAt, DeviceId deviceId, Instant expires) {

  private static final byte VERSION = 1;
  private static final int LENGTH =
      1 + WalletAddress.LENGTH + Integer.BYTES + DeviceId.LENGTH + Integer.BYTES;

  byte[] bytes() {
    return ByteBuffer.allocate(LENGTH)
        .put(VERSION)
        .put(wallet.bytes())
        .putInt((int) issuedAt.getEpochSecond())
        .put(deviceId.bytes())
        .putInt((int) expires.getEpochSecond())
        .array();
  }

  /** What stands in a cookie: a session and the claim that it is ours. */
  @SuppressWarnings("ArrayRecordComponent") // read once, compared by its owner
  record Sealed(WebSession session, byte[] mac) {

    /** Reads strictly: one length, one spelling. */
    static Optional<Sealed> decode(String text) {
      byte[] bytes;
      try {
        bytes = Base64.getUrlDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
      if (bytes.length != LENGTH + PasswordLayout.MAC_LENGTH
          || bytes[0] != VERSION
          || !PasswordLayout.encode(bytes).equals(text)) {
        return Optional.empty();
      }
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
      byte[] wallet = new byte[WalletAddress.LENGTH];
      byte[] deviceId = new byte[DeviceId.LENGTH];
      buffer.get(wallet);
      Instant issuedAt = PasswordLayout.readIssuedAt(buffer);
      buffer.get(deviceId);
      Instant expires = PasswordLayout.readIssuedAt(buffer);
      WebSession session =
          new WebSession(
              WalletAddress.ofBytes(wallet),
              issuedAt,
              new DeviceId(LowerHex.format(deviceId)),
              expires);
      return Optional.of(new Sealed(session, Arrays.copyOfRange(bytes, LENGTH, bytes.length)));
    }
  }
}

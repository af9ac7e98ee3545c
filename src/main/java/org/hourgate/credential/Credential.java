package org.hourgate.credential;

import java.time.Duration;
import java.time.Instant;

/**
 * What a password says, before anybody has looked whether it is true. The shape is right, nothing
 * else: ask {@link CredentialAuthority}. Times are whole seconds.
 */
public sealed interface Credential {

  /** The longest lifetime that the password's three bytes can tell. */
  Duration MAX_LIFETIME = Duration.ofSeconds(0xff_ff_ff);

  CredentialKind kind();

  Instant issuedAt();

  Duration lifetime();

  /** The first moment at which it is no longer good. */
  default Instant expires() {
    return issuedAt().plus(lifetime());
  }

  DeviceId deviceId();

  /** Signed by a wallet: a login or a device pass. */
  record Signed(
      CredentialKind kind,
      Instant issuedAt,
      Duration lifetime,
      Nonce nonce,
      EthereumSignature signature)
      implements Credential {
    public Signed {
      if (!kind.isSigned()) {
        throw new IllegalArgumentException("not signed by a wallet: " + kind);
      }
      PasswordLayout.requireTimes(issuedAt, lifetime);
    }

    @Override
    public DeviceId deviceId() {
      return nonce.deviceId();
    }

    @Override
    public String toString() {
      return "Signed[" + kind + ", device " + deviceId() + ", expires " + expires() + "]";
    }
  }

  /**
   * Minted by the gateway: a reconnect token.
   *
   * @param mac 64 lower-case hexadecimal digits
   */
  record Token(Instant issuedAt, Duration lifetime, DeviceId deviceId, String mac)
      implements Credential {
    public Token {
      PasswordLayout.requireTimes(issuedAt, lifetime);
      LowerHex.require(mac, 2 * PasswordLayout.MAC_LENGTH);
    }

    @Override
    public CredentialKind kind() {
      return CredentialKind.TOKEN;
    }

    @Override
    public String toString() {
      return "Token[device " + deviceId + ", expires " + expires() + "]";
    }
  }
}

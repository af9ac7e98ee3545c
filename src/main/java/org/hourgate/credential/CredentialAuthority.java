package org.hourgate.credential;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Makes nonces and tokens, and tells whether a credential is one of ours and signed by its wallet.
 * Remembers nothing: the nonce itself proves who asked for it, for what and when. Says nothing
 * about time, revocation or use; that is the gate's. Safe for any thread if the generator is.
 */
public final class CredentialAuthority {
  private static final String NONCE_LABEL = "hourgate nonce 1";
  private static final String APPROVAL_LABEL = "hourgate approval 1";
  private static final String TOKEN_LABEL = "hourgate token 1";
  private static final String WEB_SESSION_LABEL = "hourgate web session 1";
  private static final int RANDOM_LENGTH = 4;

  private final SignInText signInText;
  private final byte[] gatewayParts;
  private final GatewayKeys keys;
  private final SignatureRecovery recovery;
  private final RandomGenerator random;

  /**
   * Binds everything that is made and checked to one gateway.
   *
   * @param random a {@link java.security.SecureRandom}, outside of tests
   */
  public CredentialAuthority(
      GatewayIdentity gateway,
      GatewayKeys keys,
      SignatureRecovery recovery,
      RandomGenerator random) {
    signInText = new SignInText(gateway);
    gatewayParts =
        parts(
            gateway.domain().getBytes(StandardCharsets.UTF_8),
            gateway.uri().getBytes(StandardCharsets.UTF_8),
            ByteBuffer.allocate(Long.BYTES).putLong(gateway.chainId()).array(),
            gateway.contract().bytes());
    this.keys = keys;
    this.recovery = recovery;
    this.random = random;
  }

  /**
   * Makes the text that this wallet should sign. Seconds count, fractions are dropped.
   *
   * @param kind {@link CredentialKind#LOGIN} or {@link CredentialKind#DEVICE}
   * @param lifetime from one second to {@link Credential#MAX_LIFETIME}
   */
  public IssuedNonce issue(
      WalletAddress wallet, CredentialKind kind, Instant now, Duration lifetime) {
    if (!kind.isSigned()) {
      throw new IllegalArgumentException("no wallet signs a " + kind);
    }
    Times times = Times.of(now, lifetime);
    byte[] head = PasswordLayout.head(kind, times.issuedAt, times.lifetime);
    Nonce nonce = nonce(salt -> macInput(NONCE_LABEL, wallet, head, salt));
    Instant expires = times.issuedAt.plus(times.lifetime);
    return new IssuedNonce(
        signInText.of(wallet, kind, times.issuedAt, expires, nonce),
        PasswordLayout.encode(head, nonce.bytes()),
        times.issuedAt,
        expires);
  }

  /**
   * Makes the text by which a wallet lets one waiting connection in. Seconds count, fractions are
   * dropped.
   *
   * @param lifetime from one second to {@link Credential#MAX_LIFETIME}
   */
  public IssuedNonce issueApproval(WaitingConnection connection, Instant now, Duration lifetime) {
    Times times = Times.of(now, lifetime);
    byte[] head = PasswordLayout.head(CredentialKind.APPROVAL, times.issuedAt, times.lifetime);
    Nonce nonce = nonce(salt -> approvalInput(connection, head, salt));
    Instant expires = times.issuedAt.plus(times.lifetime);
    return new IssuedNonce(
        signInText.of(connection, times.issuedAt, expires, nonce),
        PasswordLayout.encode(head, nonce.bytes()),
        times.issuedAt,
        expires);
  }

  private Nonce nonce(UnaryOperator<byte[]> macInput) {
    byte[] salt = new byte[RANDOM_LENGTH];
    random.nextBytes(salt);
    return Nonce.ofBytes(
        ByteBuffer.allocate(Nonce.LENGTH)
            .put(salt)
            .put(keys.mac(macInput.apply(salt)), 0, Nonce.LENGTH - RANDOM_LENGTH)
            .array());
  }

  /**
   * Makes the password with which a client of this wallet reconnects. Seconds count, fractions are
   * dropped.
   *
   * @param issuedAt that of the signed credential the token descends from
   * @param lifetime from one second to {@link Credential#MAX_LIFETIME}
   * @return 64 characters
   */
  public String mintToken(
      WalletAddress wallet, Instant issuedAt, Duration lifetime, DeviceId deviceId) {
    Times times = Times.of(issuedAt, lifetime);
    byte[] head = PasswordLayout.head(CredentialKind.TOKEN, times.issuedAt, times.lifetime);
    byte[] id = deviceId.bytes();
    return PasswordLayout.encode(head, id, keys.mac(macInput(TOKEN_LABEL, wallet, head, id)));
  }

  /** Writes a session for a visitor's cookie: base64url, with a MAC that nobody else can make. */
  public String sealWebSession(WebSession session) {
    byte[] bytes = session.bytes();
    return PasswordLayout.encode(bytes, keys.mac(webSessionInput(session, bytes)));
  }

  /** Reads what {@link #sealWebSession} wrote; empty if this gateway did not. Looks at no time. */
  public Optional<WebSession> openWebSession(String text) {
    return WebSession.Sealed.decode(text)
        .filter(
            cookie ->
                isOurs(webSessionInput(cookie.session(), cookie.session().bytes()), cookie.mac()))
        .map(WebSession.Sealed::session);
  }

  private byte[] webSessionInput(WebSession session, byte[] bytes) {
    return macInput(WEB_SESSION_LABEL, session.wallet(), bytes, new byte[0]);
  }

  /** True if this gateway made the credential's nonce, or the token, for this very wallet. */
  public boolean isAuthentic(WalletAddress wallet, Credential credential) {
    byte[] head =
        PasswordLayout.head(credential.kind(), credential.issuedAt(), credential.lifetime());
    return switch (credential) {
      case Credential.Signed signed ->
          isOurs(signed.nonce(), salt -> macInput(NONCE_LABEL, wallet, head, salt));
      case Credential.Token token ->
          isOurs(
              macInput(TOKEN_LABEL, wallet, head, token.deviceId().bytes()),
              LowerHex.parse(token.mac()));
    };
  }

  /** True if this gateway made the approval's nonce for this very connection. */
  public boolean isAuthentic(WaitingConnection connection, Approval approval) {
    byte[] head =
        PasswordLayout.head(CredentialKind.APPROVAL, approval.issuedAt(), approval.lifetime());
    return isOurs(approval.nonce(), salt -> approvalInput(connection, head, salt));
  }

  /** True if the connection's wallet signed the text that belongs to the approval. Never throws. */
  public boolean isSignedBy(WaitingConnection connection, Approval approval) {
    String text =
        signInText.of(connection, approval.issuedAt(), approval.expires(), approval.nonce());
    return recovery
        .recover(SignInText.personalHash(text), approval.signature())
        .filter(connection.wallet()::equals)
        .isPresent();
  }

  /** True if this wallet signed the text that belongs to the credential. Never throws. */
  public boolean isSignedBy(WalletAddress wallet, Credential.Signed credential) {
    String text =
        signInText.of(
            wallet,
            credential.kind(),
            credential.issuedAt(),
            credential.expires(),
            credential.nonce());
    return recovery
        .recover(SignInText.personalHash(text), credential.signature())
        .filter(wallet::equals)
        .isPresent();
  }

  private boolean isOurs(Nonce claimed, UnaryOperator<byte[]> macInput) {
    byte[] nonce = claimed.bytes();
    byte[] salt = Arrays.copyOf(nonce, RANDOM_LENGTH);
    return isOurs(macInput.apply(salt), Arrays.copyOfRange(nonce, RANDOM_LENGTH, nonce.length));
  }

  private boolean isOurs(byte[] input, byte[] claimed) {
    boolean found = false;
    for (byte[] mac : keys.macs(input)) {
      found |= MessageDigest.isEqual(Arrays.copyOf(mac, claimed.length), claimed);
    }
    return found;
  }

  private byte[] approvalInput(WaitingConnection connection, byte[] head, byte[] salt) {
    return macInput(
        APPROVAL_LABEL,
        connection.wallet(),
        head,
        salt,
        connection.instance().getBytes(StandardCharsets.UTF_8),
        connection.id().getBytes(StandardCharsets.UTF_8),
        connection.address().getBytes(StandardCharsets.UTF_8));
  }

  /** Every part with its length in front: no two lists of parts give the same bytes. */
  private byte[] macInput(String label, WalletAddress wallet, byte[] head, byte[]... more) {
    byte[] asked = parts(label.getBytes(StandardCharsets.UTF_8), head);
    byte[] own = parts(wallet.bytes());
    byte[] rest = parts(more);
    return ByteBuffer.allocate(asked.length + gatewayParts.length + own.length + rest.length)
        .put(asked)
        .put(gatewayParts)
        .put(own)
        .put(rest)
        .array();
  }

  private static byte[] parts(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += Integer.BYTES + part.length;
    }
    ByteBuffer whole = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      whole.putInt(part.length).put(part);
    }
    return whole.array();
  }

  private record Times(Instant issuedAt, Duration lifetime) {
    static Times of(Instant issuedAt, Duration lifetime) {
      Times times =
          new Times(
              issuedAt.truncatedTo(ChronoUnit.SECONDS), Duration.ofSeconds(lifetime.toSeconds()));
      PasswordLayout.requireTimes(times.issuedAt, times.lifetime);
      if (times.lifetime.isZero()) {
        throw new IllegalArgumentException("lifetime must be a second or more");
      }
      return times;
    }
  }
}

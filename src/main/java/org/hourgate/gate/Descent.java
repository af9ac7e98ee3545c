package org.hourgate.gate;

import java.time.Instant;
import java.util.Optional;
import org.hourgate.credential.Approval;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.Nonce;

/**
 * The signed credential a session goes back to, directly or by tokens.
 *
 * @param kind what was shown to get in
 * @param issuedAt when the signed credential was issued; a token keeps it for ever
 * @param expires when what was shown expires
 * @param loginNonce present for a login, which is good for one session
 */
record Descent(
    SessionView.Kind kind,
    Instant issuedAt,
    Instant expires,
    DeviceId device,
    Optional<Nonce> loginNonce) {

  static Descent of(Credential credential) {
    return switch (credential) {
      case Credential.Signed signed ->
          new Descent(
              signed.kind() == CredentialKind.LOGIN
                  ? SessionView.Kind.LOGIN
                  : SessionView.Kind.DEVICE,
              signed.issuedAt(),
              signed.expires(),
              signed.deviceId(),
              signed.kind() == CredentialKind.LOGIN
                  ? Optional.of(signed.nonce())
                  : Optional.empty());
      case Credential.Token token ->
          new Descent(
              SessionView.Kind.TOKEN,
              token.issuedAt(),
              token.expires(),
              token.deviceId(),
              Optional.empty());
    };
  }

  static Descent of(Approval approval) {
    return new Descent(
        SessionView.Kind.WEB,
        approval.issuedAt(),
        approval.expires(),
        approval.deviceId(),
        Optional.empty());
  }

  /** The same descent, shown as a token of OpenVPN's own. */
  Descent asToken() {
    return new Descent(SessionView.Kind.TOKEN, issuedAt, expires, device, Optional.empty());
  }
}

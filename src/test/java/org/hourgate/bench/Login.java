package org.hourgate.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.IssuedNonce;
import org.hourgate.credential.WalletKey;

/** What a client shows. */
record Login(String username, String password) {

  private static final Duration LIFETIME = Duration.ofHours(2);

  /** A login of each wallet, freshly signed. */
  static List<Login> signed(CredentialAuthority authority, List<WalletKey> wallets, Instant now) {
    return wallets.stream()
        .parallel()
        .map(
            key -> {
              IssuedNonce nonce =
                  authority.issue(key.address(), CredentialKind.LOGIN, now, LIFETIME);
              return new Login(
                  key.address().checksummed(),
                  nonce.passwordPrefix() + signature(key, nonce.message()));
            })
        .toList();
  }

  /** A reconnect token for each wallet. */
  static List<Login> tokens(CredentialAuthority authority, List<WalletKey> wallets, Instant now) {
    return wallets.stream()
        .parallel()
        .map(
            key ->
                new Login(
                    key.address().checksummed(),
                    authority.mintToken(
                        key.address(),
                        now,
                        LIFETIME,
                        new DeviceId(HexFormat.of().toHexDigits(key.address().hashCode(), 16)))))
        .toList();
  }

  private static String signature(WalletKey key, String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(key.signPersonal(text));
  }
}

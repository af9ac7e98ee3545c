package org.hourgate.credential;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The text a wallet signs, by EIP-4361. Always built from fields, never read from a client, so what
 * was signed can't hold more than these lines.
 */
final class SignInText {
  private final String first;
  private final String middle;
  private final String last;

  /** Makes the lines that every text of this gateway has. */
  SignInText(GatewayIdentity gateway) {
    first = gateway.domain() + " wants you to sign in with your Ethereum account:";
    middle =
        String.join("\n", "URI: " + gateway.uri(), "Version: 1", "Chain ID: " + gateway.chainId());
    last = String.join("\n", "Resources:", "- " + gateway.resource());
  }

  /** For a password of this kind. */
  String of(
      WalletAddress wallet, CredentialKind kind, Instant issuedAt, Instant expires, Nonce nonce) {
    return text(wallet, statement(kind), issuedAt, expires, nonce);
  }

  /** For one connection that waits. */
  String of(WaitingConnection connection, Instant issuedAt, Instant expires, Nonce nonce) {
    String statement =
        "Let the device at "
            + connection.address()
            + " use the VPN "
            + connection.instance()
            + " with the time this account has paid for, if you have just started it yourself."
            + " Its connection is "
            + connection.id()
            + ". This moves no funds.";
    return text(connection.wallet(), statement, issuedAt, expires, nonce);
  }

  private String text(
      WalletAddress wallet, String statement, Instant issuedAt, Instant expires, Nonce nonce) {
    return String.join(
        "\n",
        first,
        wallet.checksummed(),
        "",
        statement,
        "",
        middle,
        "Nonce: " + nonce.hex(),
        "Issued At: " + issuedAt,
        "Expiration Time: " + expires,
        last);
  }

  /** EIP-4361 allows no quote, percent or non-ASCII character here. */
  private static String statement(CredentialKind kind) {
    return switch (kind) {
      case LOGIN ->
          "Log in to the VPN once, with the time this account has paid for."
              + " This moves no funds.";
      case DEVICE ->
          "Make a device pass: until it expires, whoever holds it can use the VPN time this account"
              + " has paid for. This moves no funds.";
      case TOKEN, APPROVAL -> throw new IllegalArgumentException("no password is a " + kind);
    };
  }

  /** The hash that wallets sign for {@code personal_sign} (EIP-191, version 0x45). */
  static byte[] personalHash(String message) {
    byte[] body = message.getBytes(StandardCharsets.UTF_8);
    byte[] prefix =
        ("\u0019Ethereum Signed Message:\n" + body.length).getBytes(StandardCharsets.UTF_8);
    byte[] whole = new byte[prefix.length + body.length];
    System.arraycopy(prefix, 0, whole, 0, prefix.length);
    System.arraycopy(body, 0, whole, prefix.length, body.length);
    return Keccak256.hash(whole);
  }
}

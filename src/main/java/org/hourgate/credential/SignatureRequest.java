package org.hourgate.credential;

import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at a text that a server wants a wallet to sign. A signature is given for a whole sign-in
 * text of ours and for nothing else: what the server may choose are the chain, the contract, the
 * times and the nonce.
 */
public final class SignatureRequest {

  private static final Pattern DOMAIN =
      Pattern.compile(
          "([!-~]{1,260}) wants you to sign in with your Ethereum account:\n.*", Pattern.DOTALL);
  private static final Pattern FIELDS =
      Pattern.compile(
          ".*\n\nURI: (\\S+)\nVersion: 1\nChain ID: ([0-9]{1,18})\nNonce: ([0-9a-f]{32})"
              + "\nIssued At: (\\S+)\nExpiration Time: (\\S+)"
              + "\nResources:\n- eip155:[0-9]+:(0x[0-9a-fA-F]{40})",
          Pattern.DOTALL);

  private SignatureRequest() {}

  /**
   * Says why the text must not be signed.
   *
   * @param server whom we asked for it
   * @return a sentence; empty if it is what was asked for
   */
  public static Optional<String> objection(
      String message, URI server, WalletAddress wallet, CredentialKind kind) {
    Matcher domain = DOMAIN.matcher(message);
    if (!domain.matches()) {
      return Optional.of("The server asks for a signature of something that is no sign-in text.");
    }
    Matcher fields = FIELDS.matcher(message);
    try {
      if (fields.matches()) {
        GatewayIdentity gateway =
            new GatewayIdentity(
                URI.create(fields.group(1)),
                Long.parseLong(fields.group(2)),
                WalletAddress.parse(fields.group(6)));
        String asked = GatewayIdentity.domainOf(server);
        if (!domain.group(1).equals(asked)) {
          return Optional.of(
              "The server asks for a signature for %s, but we asked %s: use its public URL, or don't trust it."
                  .formatted(domain.group(1), asked));
        }
        String expected =
            new SignInText(gateway)
                .of(
                    wallet,
                    kind,
                    Instant.parse(fields.group(4)),
                    Instant.parse(fields.group(5)),
                    new Nonce(fields.group(3)));
        if (message.equals(expected)) {
          return Optional.empty();
        }
      }
    } catch (IllegalArgumentException | DateTimeException | InvalidWalletAddressException e) {
      // told below
    }
    return Optional.of(
        "The server asks for a signature of a text that is not the sign-in text for this wallet and"
            + " this kind of password.");
  }
}

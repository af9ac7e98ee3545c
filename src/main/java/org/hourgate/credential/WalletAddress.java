package org.hourgate.credential;

/**
 * An Ethereum address. Equal by its 20 bytes, whatever the spelling was.
 *
 * @param hex 40 lower-case hexadecimal digits, without {@code 0x}
 */
public record WalletAddress(String hex) {
  public WalletAddress {
    if (!hex.matches("[0-9a-f]{40}")) {
      throw new IllegalArgumentException("not 40 lower-case hexadecimal digits: " + hex);
    }
  }
}

package org.hourgate.credential;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An Ethereum address. Equal by its 20 bytes, whatever the spelling was.
 *
 * @param hex 40 lower-case hexadecimal digits, without {@code 0x}
 */
public record WalletAddress(String hex) {
  static final int LENGTH = 20;

  private static final String PREFIX = "0x";

  public WalletAddress {
    LowerHex.require(hex, 2 * LENGTH);
  }

  /**
   * Reads {@code 0x} and 40 hexadecimal digits. Digits in both cases must be the EIP-55 checksum.
   *
   * @throws InvalidWalletAddressException with a sentence for the person who typed it
   */
  public static WalletAddress parse(String text) {
    String digits = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
    String small = digits.toLowerCase(Locale.ROOT);
    if (!LowerHex.matches(small, 2 * LENGTH)) {
      throw new InvalidWalletAddressException(
          "Not a wallet address: write 0x and 40 hexadecimal digits.");
    }
    WalletAddress address = new WalletAddress(small);
    boolean mixedCase =
        !digits.equals(address.hex) && !digits.equals(address.hex.toUpperCase(Locale.ROOT));
    if (mixedCase && !text.equals(address.checksummed())) {
      throw new InvalidWalletAddressException(
          "This wallet address has a typing error (its capitals don't fit, EIP-55):"
              + " copy it again from the wallet, or write it in small letters.");
    }
    return address;
  }

  static WalletAddress ofBytes(byte[] bytes) {
    return new WalletAddress(LowerHex.format(bytes));
  }

  /** The address of an uncompressed public key: x and y, 64 bytes. */
  static WalletAddress ofPublicKey(byte[] xAndY) {
    byte[] hash = Keccak256.hash(xAndY);
    return new WalletAddress(LowerHex.format(hash).substring(2 * (hash.length - LENGTH)));
  }

  /** The 20 bytes, a new array each time. */
  public byte[] bytes() {
    return LowerHex.parse(hex);
  }

  /** {@code 0x} and 40 small digits. */
  public String lowerCase() {
    return "0x" + hex;
  }

  /** {@code 0x} and 40 digits, capitals by EIP-55. */
  public String checksummed() {
    byte[] hash = Keccak256.hash(hex.getBytes(StandardCharsets.US_ASCII));
    char[] digits = hex.toCharArray();
    for (int i = 0; i < digits.length; i++) {
      int hashDigit = hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xF;
      if (hashDigit >= 8) {
        digits[i] = Character.toUpperCase(digits[i]);
      }
    }
    return PREFIX + new String(digits);
  }

  /** {@code 0x1234…abcd}, for logs. */
  public String shortened() {
    return "0x" + hex.substring(0, 4) + "…" + hex.substring(hex.length() - 4);
  }

  /** Shortened, because what is joined into a text by accident mostly ends in a log. */
  @Override
  public String toString() {
    return shortened();
  }
}

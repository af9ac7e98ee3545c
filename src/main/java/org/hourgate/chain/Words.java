package org.hourgate.chain;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hourgate.credential.WalletAddress;
import org.web3j.crypto.Hash;

/**
 * A reply of the contract ABI, word by word: 32 bytes each. What a word holds is checked to its
 * last bit.
 *
 * @param hex 64 digits for each word
 */
record Words(String hex) {

  private static final int WORD = 64;
  private static final Pattern DIGITS = Pattern.compile("0x([0-9a-fA-F]{64})*");
  private static final int LONGEST_TEXT = 32;

  /** Takes a reply of exactly so many words. */
  static Words of(String reply, int count) throws AccessCodec.UndecodableException {
    Words words = of(reply);
    if (words.hex.length() != count * WORD) {
      throw new AccessCodec.UndecodableException(
          "%d digits instead of %d".formatted(words.hex.length(), count * WORD));
    }
    return words;
  }

  private static Words of(String reply) throws AccessCodec.UndecodableException {
    if (!DIGITS.matcher(reply).matches()) {
      throw new AccessCodec.UndecodableException("no words of 32 bytes");
    }
    return new Words(reply.substring(2).toLowerCase(Locale.ROOT));
  }

  /**
   * A text: as {@code string}, or filled up with zeros to one word, as old tokens have it. Empty if
   * it is longer than 32 bytes or anything else.
   */
  static Optional<String> text(String reply) {
    try {
      Words words = of(reply);
      if (words.hex.length() == WORD) {
        return Optional.of(ascii(words.hex.replaceFirst("(00)*$", "")));
      }
      if (words.hex.length() != 3 * WORD || words.number(0, 64).intValueExact() != 32) {
        return Optional.empty();
      }
      int length = words.number(1, 64).intValueExact();
      return length > LONGEST_TEXT
          ? Optional.empty()
          : Optional.of(ascii(words.hex.substring(2 * WORD, 2 * WORD + 2 * length)));
    } catch (AccessCodec.UndecodableException | IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static String ascii(String digits) {
    return new String(HexFormat.of().parseHex(digits), StandardCharsets.US_ASCII);
  }

  BigInteger number(int index, int bits) throws AccessCodec.UndecodableException {
    BigInteger value = new BigInteger(word(index), 16);
    if (value.bitLength() > bits) {
      throw new AccessCodec.UndecodableException("a value of more than " + bits + " bits");
    }
    return value;
  }

  boolean truth(int index) throws AccessCodec.UndecodableException {
    return number(index, 1).signum() > 0;
  }

  WalletAddress address(int index) throws AccessCodec.UndecodableException {
    String digits = number(index, 160).toString(16);
    return new WalletAddress("0".repeat(40 - digits.length()) + digits);
  }

  private String word(int index) {
    return hex.substring(index * WORD, (index + 1) * WORD);
  }

  /** The word that holds an address. */
  static String word(WalletAddress address) {
    return "0".repeat(WORD - 40) + address.hex();
  }

  static String word(long value) {
    return "0".repeat(WORD - 16) + HexFormat.of().toHexDigits(value);
  }

  /** The first four bytes of a function's hash, {@code 0x} in front. */
  static String selector(String signature) {
    return topic(signature).substring(0, 10);
  }

  /** The hash of an event's signature, {@code 0x} in front. */
  static String topic(String signature) {
    return "0x"
        + HexFormat.of().formatHex(Hash.sha3(signature.getBytes(StandardCharsets.US_ASCII)));
  }
}

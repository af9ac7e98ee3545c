package org.hourgate.chain;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** A {@code string} of any sensible length, in the one canonical encoding of the contract ABI. */
final class AbiText {

  private static final int WORD = 32;
  private static final int MAX_LENGTH = 1024;

  private AbiText() {}

  /** Reads a reply that is one {@code string}; empty if it is not. */
  static Optional<String> decode(String reply) {
    return bytes(reply)
        .filter(bytes -> bytes.length >= 2 * WORD && number(bytes, 0) == WORD)
        .flatMap(AbiText::content);
  }

  private static Optional<String> content(byte[] bytes) {
    int length = number(bytes, WORD);
    int padded = (length + WORD - 1) / WORD * WORD;
    return length > MAX_LENGTH || bytes.length != 2 * WORD + padded
        ? Optional.empty()
        : utf8(ByteBuffer.wrap(bytes, 2 * WORD, length));
  }

  private static Optional<byte[]> bytes(String reply) {
    try {
      return reply.startsWith("0x")
          ? Optional.of(HexFormat.of().parseHex(reply, 2, reply.length()))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A word as a number; whatever does not fit is the greatest. */
  private static int number(byte[] bytes, int from) {
    boolean small = Arrays.equals(bytes, from, from + WORD - 4, new byte[WORD - 4], 0, WORD - 4);
    int value = ByteBuffer.wrap(bytes).getInt(from + WORD - 4);
    return small && value >= 0 ? value : Integer.MAX_VALUE;
  }

  private static Optional<String> utf8(ByteBuffer bytes) {
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}

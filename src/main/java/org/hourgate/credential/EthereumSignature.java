package org.hourgate.credential;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * An ECDSA signature over secp256k1 in its one canonical form: 0 &lt; r &lt; n, 0 &lt; s ≤ n/2 (the
 * low half, EIP-2), and the parity of R's y. Values outside can't exist, so both ways to write a
 * signature give equal objects and nobody can make a second one from the first.
 */
public record EthereumSignature(BigInteger r, BigInteger s, boolean oddY) {
  static final int COMPACT_LENGTH = 64;
  static final int EXPANDED_LENGTH = 65;

  /** The order of the curve. */
  static final BigInteger N =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private static final BigInteger HALF_N = N.shiftRight(1);
  private static final int WORD = 32;

  public EthereumSignature {
    if (!inRange(r, s)) {
      throw new IllegalArgumentException("r or s out of range");
    }
  }

  /**
   * Reads r and s with the parity in the highest bit of s (EIP-2098), 64 bytes, or r, s and v, 65
   * bytes; v is 0 or 27 for an even y, 1 or 28 for an odd one. Everything else is empty.
   */
  static Optional<EthereumSignature> parse(byte[] bytes) {
    return switch (bytes.length) {
      case COMPACT_LENGTH -> {
        boolean oddY = (bytes[WORD] & 0x80) != 0;
        byte[] s = Arrays.copyOfRange(bytes, WORD, 2 * WORD);
        s[0] &= 0x7f;
        yield of(Arrays.copyOf(bytes, WORD), s, oddY);
      }
      case EXPANDED_LENGTH -> {
        byte[] r = Arrays.copyOf(bytes, WORD);
        byte[] s = Arrays.copyOfRange(bytes, WORD, 2 * WORD);
        yield switch (bytes[2 * WORD]) {
          case 0, 27 -> of(r, s, false);
          case 1, 28 -> of(r, s, true);
          default -> Optional.empty();
        };
      }
      default -> Optional.empty();
    };
  }

  private static Optional<EthereumSignature> of(byte[] rBytes, byte[] sBytes, boolean oddY) {
    BigInteger r = new BigInteger(1, rBytes);
    BigInteger s = new BigInteger(1, sBytes);
    return inRange(r, s) ? Optional.of(new EthereumSignature(r, s, oddY)) : Optional.empty();
  }

  private static boolean inRange(BigInteger r, BigInteger s) {
    return r.signum() > 0 && r.compareTo(N) < 0 && s.signum() > 0 && s.compareTo(HALF_N) <= 0;
  }

  /** r and s, 64 bytes, without the parity. */
  byte[] rAndS() {
    byte[] bytes = new byte[2 * WORD];
    put(r, bytes, 0);
    put(s, bytes, WORD);
    return bytes;
  }

  private static void put(BigInteger value, byte[] target, int offset) {
    byte[] bytes = value.toByteArray();
    int length = Math.min(bytes.length, WORD);
    System.arraycopy(bytes, bytes.length - length, target, offset + WORD - length, length);
  }

  @Override
  public String toString() {
    return "EthereumSignature[hidden]";
  }
}

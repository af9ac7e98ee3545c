package org.hourgate.chain;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.hourgate.credential.WalletAddress;

/**
 * The contract ABI of {@code accessOf(address[]) returns ((uint64,uint64)[])}, by hand: web3j's
 * decoder of dynamic arrays takes time by the square of their length. {@link #decode} takes the one
 * canonical encoding of exactly as many entries as were asked for, and nothing else.
 */
final class AccessCodec {

  /** The first four bytes of keccak256("accessOf(address[])"). */
  private static final String SELECTOR = "0x3df7304a";

  /** The last second of the year 9999: no time on a chain is later. */
  static final long END_OF_TIME = 253_402_300_799L;

  private static final int WORD = 64;
  private static final HexFormat HEX = HexFormat.of();

  private AccessCodec() {}

  /** A reply that is not what {@code accessOf} answers. */
  static final class UndecodableException extends Exception {
    UndecodableException(String message) {
      super(message);
    }
  }

  static String encode(List<WalletAddress> wallets) {
    StringBuilder call = new StringBuilder(SELECTOR.length() + WORD * (2 + wallets.size()));
    call.append(SELECTOR);
    appendWord(call, 32);
    appendWord(call, wallets.size());
    for (WalletAddress wallet : wallets) {
      call.append("0".repeat(24)).append(wallet.hex());
    }
    return call.toString();
  }

  static List<Access> decode(String reply, int count) throws UndecodableException {
    if (!reply.startsWith("0x")) {
      throw new UndecodableException("no 0x in front");
    }
    if (reply.length() == 2) {
      throw new UndecodableException("0x, as if there were no contract");
    }
    int words = 2 + 2 * count;
    if (reply.length() != 2 + words * WORD) {
      throw new UndecodableException(
          "%d digits instead of %d".formatted(reply.length() - 2, words * WORD));
    }
    long[] values = new long[words];
    for (int i = 0; i < words; i++) {
      values[i] = uint64(reply, 2 + i * WORD);
    }
    if (values[0] != 32 || values[1] != count) {
      throw new UndecodableException(
          "offset %d and length %d instead of 32 and %d".formatted(values[0], values[1], count));
    }
    List<Access> entries = new ArrayList<>(count);
    for (int i = 2; i < words; i += 2) {
      entries.add(new Access(time(values[i]), time(values[i + 1])));
    }
    return entries;
  }

  private static long time(long seconds) throws UndecodableException {
    if (seconds < 0 || seconds > END_OF_TIME) {
      throw new UndecodableException("a time beyond all reason");
    }
    return seconds;
  }

  private static long uint64(String reply, int from) throws UndecodableException {
    int low = from + WORD - 16;
    for (int i = from; i < low; i++) {
      if (reply.charAt(i) != '0') {
        throw new UndecodableException("a value of more than 64 bits");
      }
    }
    try {
      return HexFormat.fromHexDigitsToLong(reply, low, from + WORD);
    } catch (NumberFormatException e) {
      throw new UndecodableException("a character that is no hexadecimal digit");
    }
  }

  private static void appendWord(StringBuilder call, long value) {
    call.append("0".repeat(WORD - 16)).append(HEX.toHexDigits(value));
  }
}

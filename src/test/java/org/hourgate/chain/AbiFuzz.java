package org.hourgate.chain;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.hourgate.credential.WalletAddress;
import org.hourgate.fuzz.FuzzTarget;

/**
 * Whatever a node answers: times are read only from the one encoding of them, and encoding them
 * again gives the same words; texts and errors come out printable and short.
 */
public final class AbiFuzz implements FuzzTarget {

  private static final int MOST_WALLETS = 4;

  /** What {@link JsonRpc} takes for the data of a revert. */
  private static final Pattern REVERT_DATA = Pattern.compile("0x(?:[0-9a-fA-F]{2}){4,2048}");

  @Override
  public void run(byte[] input) {
    for (String reply :
        List.of(
            new String(input, StandardCharsets.ISO_8859_1),
            "0x" + HexFormat.of().formatHex(input))) {
      for (int count = 0; count <= MOST_WALLETS; count++) {
        access(reply, count);
      }
      words(reply);
      AbiText.decode(reply)
          .ifPresent(
              text -> {
                if (text.getBytes(StandardCharsets.UTF_8).length > reply.length() / 2) {
                  throw new IllegalStateException("more than was sent: " + text);
                }
              });
      Words.text(reply)
          .ifPresent(
              text -> {
                if (text.length() > 32) {
                  throw new IllegalStateException("a long name: " + text);
                }
              });
      if (REVERT_DATA.matcher(reply).matches()) {
        String said = ContractError.describe(reply);
        if (said.isEmpty() || said.chars().anyMatch(Character::isISOControl)) {
          throw new IllegalStateException("not for people: " + said);
        }
      }
    }
  }

  private static void access(String reply, int count) {
    List<Access> entries;
    try {
      entries = AccessCodec.decode(reply, count);
    } catch (AccessCodec.UndecodableException e) {
      return;
    }
    StringBuilder again = new StringBuilder("0x").append(Words.word(32)).append(Words.word(count));
    for (Access entry : entries) {
      if (entry.paidUntil() < 0
          || entry.paidUntil() > AccessCodec.END_OF_TIME
          || entry.credentialsFrom() < 0
          || entry.credentialsFrom() > AccessCodec.END_OF_TIME) {
        throw new IllegalStateException("no time: " + entry);
      }
      again.append(Words.word(entry.paidUntil())).append(Words.word(entry.credentialsFrom()));
    }
    if (entries.size() != count || !again.toString().equals(reply.toLowerCase(Locale.ROOT))) {
      throw new IllegalStateException("read what was not said: " + entries);
    }
  }

  private static void words(String reply) {
    int count = (reply.length() - 2) / 64;
    try {
      Words words = Words.of(reply, count);
      for (int i = 0; i < count; i++) {
        BigInteger number = words.number(i, 256);
        if (number.signum() < 0) {
          throw new IllegalStateException("below zero");
        }
        if (number.bitLength() <= 160
            && !Words.word(words.address(i))
                .equals(reply.substring(2 + 64 * i, 66 + 64 * i).toLowerCase(Locale.ROOT))) {
          throw new IllegalStateException("another address");
        }
        boolean zeroOrOne = number.bitLength() <= 1;
        try {
          if (words.truth(i) != number.equals(BigInteger.ONE) || !zeroOrOne) {
            throw new IllegalStateException("neither true nor false: " + number);
          }
        } catch (AccessCodec.UndecodableException e) {
          if (zeroOrOne) {
            throw new IllegalStateException("not read: " + number, e);
          }
        }
      }
    } catch (AccessCodec.UndecodableException e) {
      // No words.
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<String> replies = new ArrayList<>();
    String one = Words.word(1_800_000_000L) + Words.word(0);
    replies.add("0x");
    replies.add("0x" + Words.word(32) + Words.word(0));
    replies.add("0x" + Words.word(32) + Words.word(1) + one);
    replies.add("0x" + Words.word(32) + Words.word(2) + one + one);
    replies.add("0x" + Words.word(64) + Words.word(1) + one);
    replies.add("0x" + Words.word(32) + Words.word(1) + Words.word(-1) + Words.word(1));
    replies.add(
        "0x" + Words.word(32) + Words.word(1) + Words.word(AccessCodec.END_OF_TIME + 1) + "0");
    replies.add("0x" + Words.word(WalletAddress.parse("0x" + "ab".repeat(20))) + Words.word(1));
    replies.add("0x" + Words.word(32) + Words.word(4) + "55534443" + "0".repeat(56)); // "USDC"
    replies.add("0x4d4b5200" + "0".repeat(56)); // "MKR", filled up
    replies.add(
        Words.selector("Error(string)") + Words.word(32) + Words.word(2) + "6e6f" + "0".repeat(60));
    replies.add(Words.selector("Panic(uint256)") + Words.word(17));
    replies.add(Words.selector("TooFarAhead(uint64,uint64)") + "f".repeat(128));
    replies.add(
        Words.selector("WrongPayment(address,uint256,uint256)") + Words.word(1) + "f".repeat(128));
    List<byte[]> seeds = new ArrayList<>();
    for (String reply : replies) {
      seeds.add(reply.getBytes(StandardCharsets.ISO_8859_1));
      if (reply.length() % 2 == 0) {
        seeds.add(HexFormat.of().parseHex(reply, 2, reply.length()));
      }
    }
    seeds.add(("0x" + "0".repeat(12_000)).getBytes(StandardCharsets.ISO_8859_1));
    return seeds;
  }
}

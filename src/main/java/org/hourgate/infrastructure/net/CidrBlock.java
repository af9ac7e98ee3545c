package org.hourgate.infrastructure.net;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses that share their first bits: {@code 10.0.0.0/8}, {@code fd00::/8}. An address alone
 * is a block of one. Bits behind the prefix don't matter. IPv4 and IPv6 never match each other.
 */
public record CidrBlock(InetAddress network, int prefixLength) {

  /** How one is written. */
  public static final String SPELT = "a block of addresses such as 10.0.0.0/8 or fd00::/8";

  private static final Pattern SPELLING =
      Pattern.compile(
          "((?:[0-9]{1,3}[.]){3}[0-9]{1,3}|[0-9a-fA-F.]*:[0-9a-fA-F.:]*)(?:/([0-9]{1,3}))?");

  public CidrBlock {
    if (prefixLength < 0 || prefixLength > network.getAddress().length * Byte.SIZE) {
      throw new IllegalArgumentException("no such prefix length: " + prefixLength);
    }
  }

  /** Reads {@code ADDRESS/BITS} or {@code ADDRESS}; looks up no names. */
  public static CidrBlock parse(String text) {
    Matcher matcher = SPELLING.matcher(text);
    if (matcher.matches()) {
      try {
        InetAddress network = InetAddress.ofLiteral(matcher.group(1));
        String bits = matcher.group(2);
        return new CidrBlock(
            network,
            bits == null ? network.getAddress().length * Byte.SIZE : Integer.parseInt(bits));
      } catch (IllegalArgumentException e) {
        // told below
      }
    }
    throw new IllegalArgumentException("must be " + SPELT + ", not \"" + text + "\"");
  }

  public boolean contains(InetAddress address) {
    byte[] ours = network.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < prefixLength; bit += Byte.SIZE) {
      int used = Math.min(Byte.SIZE, prefixLength - bit);
      int mask = 0xff << (Byte.SIZE - used) & 0xff;
      if (((ours[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefixLength;
  }
}

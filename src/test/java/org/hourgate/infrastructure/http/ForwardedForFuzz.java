package org.hourgate.infrastructure.http;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.infrastructure.net.CidrBlock;

/**
 * Whatever stands in X-Forwarded-For: without a proxy in between nothing is believed, and behind
 * one nothing that the client wrote, but the entry which the proxy added.
 */
public final class ForwardedForFuzz implements FuzzTarget {

  private static final InetAddress CLIENT = InetAddress.ofLiteral("198.51.100.7");
  private static final InetAddress PROXY = InetAddress.ofLiteral("192.0.2.7");
  private static final List<CidrBlock> TRUSTED =
      List.of(CidrBlock.parse("192.0.2.0/24"), CidrBlock.parse("fd00::/8"));

  @Override
  public void run(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    List<String> lines = Arrays.asList(text.split("\n", -1));
    if (!ForwardedFor.source(CLIENT, lines, TRUSTED).equals(CLIENT)) {
      throw new IllegalStateException("a stranger was believed");
    }
    InetAddress source = ForwardedFor.source(PROXY, lines, TRUSTED);
    if (!source.equals(PROXY) && text.isBlank()) {
      throw new IllegalStateException("nobody said " + source);
    }
    List<String> behindTheProxy =
        new java.util.ArrayList<>(lines.subList(0, Math.max(0, lines.size() - 1)));
    behindTheProxy.add(lines.getLast() + ", " + CLIENT.getHostAddress());
    if (!ForwardedFor.source(PROXY, behindTheProxy, TRUSTED).equals(CLIENT)) {
      throw new IllegalStateException("what the client wrote went before the proxy's word");
    }
    block(text);
  }

  private static void block(String text) {
    CidrBlock block;
    try {
      block = CidrBlock.parse(text);
    } catch (IllegalArgumentException e) {
      return;
    }
    if (!CidrBlock.parse(block.toString()).equals(block)) {
      throw new IllegalStateException("written otherwise: " + block);
    }
    block.contains(CLIENT);
    block.contains(InetAddress.ofLiteral("fd00::1"));
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(
            "203.0.113.5",
            "203.0.113.5, 192.0.2.9",
            "unknown, _hidden, 203.0.113.5:80",
            "[2001:db8::1], fd00::2,::ffff:192.0.2.1",
            "1.2.3.4,\n5.6.7.8,,",
            "fe80::1%eth0",
            "0x7f.1, 017700000001, 127.1",
            "10.0.0.0/8",
            "fd00::/8",
            "::/0",
            "1.2.3.4/33")
        .stream()
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
        .toList();
  }
}

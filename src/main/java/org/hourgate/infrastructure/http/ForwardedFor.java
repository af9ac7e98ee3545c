package org.hourgate.infrastructure.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hourgate.infrastructure.net.CidrBlock;

/** Who stands behind a chain of proxies. */
final class ForwardedFor {

  private ForwardedFor() {}

  /**
   * Walks the chain from our side: each trusted proxy is believed about the one before it. The
   * first that is not trusted is the source; a client can't put another address in front of it.
   */
  static InetAddress source(
      InetAddress peer, List<String> headers, List<CidrBlock> trustedProxies) {
    List<String> hops = new ArrayList<>();
    headers.forEach(header -> hops.addAll(Arrays.asList(header.split(",", -1))));
    InetAddress source = peer;
    for (String hop : hops.reversed()) {
      InetAddress believed = source;
      if (trustedProxies.stream().noneMatch(block -> block.contains(believed))) {
        break;
      }
      try {
        source = InetAddress.ofLiteral(withoutPort(hop.strip()));
      } catch (IllegalArgumentException e) {
        break;
      }
    }
    return source;
  }

  /** Some proxies name the port too: {@code 192.0.2.7:4711}, {@code [2001:db8::7]:4711}. */
  private static String withoutPort(String hop) {
    return hop.replaceFirst("^(?:\\[([0-9A-Fa-f:.]+)]|([0-9.]+))(?::[0-9]{1,5})?$", "$1$2");
  }
}

package org.hourgate.shop;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.gate.SessionView;
import org.hourgate.management.ClientId;
import org.jspecify.annotations.Nullable;

/**
 * A session as its customer sees it. The network address is shortened: enough to tell one's home
 * from a café, too little to tell others where somebody is.
 *
 * @param id instance and CID, as in {@code udp/12}
 * @param tunnelAddress6 absent where there is no second address
 * @param device 16 digits, the same for a profile and all that reconnects with it; absent if
 *     unknown
 */
record OwnSession(
    String id,
    String instance,
    String state,
    long since,
    String tunnelAddress,
    @Nullable String tunnelAddress6,
    String realAddress,
    long bytesIn,
    long bytesOut,
    String kind,
    @Nullable String device) {

  private static final Pattern IPV4 =
      Pattern.compile(
          "(?:[a-z0-9-]+:)?([0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3})[.][0-9]{1,3}(?::[0-9]+)?");
  private static final Pattern IPV6 =
      Pattern.compile("(?:[a-z0-9-]+:)?\\[([0-9a-fA-F:.]+)](?::[0-9]+)?");

  static OwnSession of(SessionView view) {
    return new OwnSession(
        id(view.instance(), view.client()),
        view.instance(),
        view.state().name().toLowerCase(Locale.ROOT),
        view.since().getEpochSecond(),
        view.tunnelAddress(),
        view.secondTunnelAddress().orElse(null),
        network(view.realAddress()),
        view.bytesIn(),
        view.bytesOut(),
        view.kind().name().toLowerCase(Locale.ROOT),
        view.device().map(Object::toString).orElse(null));
  }

  static String id(String instance, ClientId client) {
    return instance + "/" + client.value();
  }

  /** Without what changes while nothing happens. */
  OwnSession withoutTraffic() {
    return new OwnSession(
        id, instance, state, since, tunnelAddress, tunnelAddress6, realAddress, 0, 0, kind, device);
  }

  private static String network(String address) {
    Matcher v4 = IPV4.matcher(address);
    if (v4.matches()) {
      return v4.group(1) + ".0/24";
    }
    Matcher v6 = IPV6.matcher(address);
    return network6(v6.matches() ? v6.group(1) : address);
  }

  private static String network6(String literal) {
    try {
      if (InetAddress.ofLiteral(literal) instanceof Inet6Address v6) {
        byte[] bytes = v6.getAddress();
        return "%x:%x:%x::/48".formatted(group(bytes, 0), group(bytes, 2), group(bytes, 4));
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    return "";
  }

  private static int group(byte[] bytes, int from) {
    return Byte.toUnsignedInt(bytes[from]) << 8 | Byte.toUnsignedInt(bytes[from + 1]);
  }
}

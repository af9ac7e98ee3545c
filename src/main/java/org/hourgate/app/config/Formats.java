package org.hourgate.app.config;

import static org.hourgate.infrastructure.config.Parsers.refused;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.config.HourgateConfig.OperatorAddress;
import org.hourgate.chain.Currency;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.config.Parsers;
import org.hourgate.infrastructure.net.Rate;

/** The kinds of values that our keys alone have. */
final class Formats {

  private static final Pattern RATE = Pattern.compile("([0-9]{1,7})/([0-9]*[a-z]+)");
  private static final Pattern FIAT_RATE = Pattern.compile("[0-9]{1,12}([.][0-9]{1,12})?");
  private static final Pattern TCP =
      Pattern.compile("tcp:(\\[[0-9a-fA-F:.]+]|[^:\\s]+):([0-9]{1,5})");

  /** What fits {@code sockaddr_un}, with the zero byte at its end. */
  private static final int MAX_SOCKET_PATH = 107;

  private Formats() {}

  /** Signed texts name this URL, so it is one origin and nothing more. */
  static URI publicUrl(String text) {
    URI uri = httpUri(text, "must be a URL such as https://vpn.example.org:8443");
    String path = uri.getRawPath();
    if (!(path.isEmpty() || path.equals("/"))
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || uri.getRawUserInfo() != null) {
      throw refused("must end after the host and port", text);
    }
    return uri;
  }

  /** Ether with its unit, or a whole number of a token's smallest unit. */
  static BigInteger price(String text, boolean inEther) {
    BigInteger price;
    if (inEther) {
      price = Currency.ETHER.parse(text);
    } else if (text.matches("[0-9]{1,78}")) {
      price = new BigInteger(text);
    } else {
      throw refused("must be a whole number of the token's smallest unit", text);
    }
    if (price.signum() == 0) {
      throw refused("must be more than nothing", text);
    }
    return price;
  }

  static java.util.Currency fiatCurrency(String text) {
    try {
      return java.util.Currency.getInstance(text);
    } catch (IllegalArgumentException e) {
      throw refused("must be a currency's three letters such as EUR", text);
    }
  }

  static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw refused("must be a day such as 2026-11-21", text);
    }
  }

  /** What one whole unit is worth. */
  static BigDecimal fiatRate(String text) {
    if (FIAT_RATE.matcher(text).matches()) {
      BigDecimal rate = new BigDecimal(text);
      if (rate.signum() > 0) {
        return rate;
      }
    }
    throw refused("must be an amount of money such as 2450 or 0.92", text);
  }

  /** Keys of RPC providers stand in these, so what was written is not repeated. */
  static URI rpcUrl(String text) {
    URI uri;
    try {
      uri = httpUri(text, "");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be a URL that begins with http:// or https://", e);
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException("can't carry a user name");
    }
    return uri;
  }

  /** Visitors' browsers ask it: plain http is for chains on the same machine. */
  static URI walletUrl(String text) {
    String wanted = "must be a URL such as https://rpc.example.org; http is for this machine alone";
    URI uri = httpUri(text, wanted);
    boolean local = List.of("localhost", "127.0.0.1", "[::1]").contains(uri.getHost());
    if (uri.getRawUserInfo() != null || (!local && !"https".equals(uri.getScheme()))) {
      throw refused(wanted, text);
    }
    return uri;
  }

  /** Wallets take https only. */
  static URI explorerUrl(String text) {
    String wanted = "must be a URL such as https://explorer.example.org";
    URI uri = httpUri(text, wanted);
    if (!"https".equals(uri.getScheme())
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw refused(wanted, text);
    }
    return uri;
  }

  /** How people call the best known chains. */
  static String chainName(long id) {
    return switch ((int) Math.min(id, Integer.MAX_VALUE)) {
      case 1 -> "Ethereum";
      case 10 -> "OP Mainnet";
      case 100 -> "Gnosis";
      case 137 -> "Polygon";
      case 8_453 -> "Base";
      case 42_161 -> "Arbitrum One";
      case 11_155_111 -> "Sepolia";
      default -> "Chain " + id;
    };
  }

  private static URI httpUri(String text, String wanted) {
    try {
      URI uri = URI.create(text);
      if (("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getPort() <= 65_535) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw refused(wanted, text);
  }

  /** {@code unix:/path}, made absolute, or {@code tcp:HOST:PORT}. */
  static String management(String text, Path folder) {
    if (text.startsWith("unix:") && text.length() > "unix:".length()) {
      return "unix:" + socket(text.substring("unix:".length()), folder);
    }
    Matcher tcp = TCP.matcher(text);
    if (tcp.matches() && isPort(tcp.group(2))) {
      return text;
    }
    throw refused("must be unix:/PATH or tcp:HOST:PORT", text);
  }

  /** {@code /path}, {@code unix:/path}, or {@code tcp:ADDRESS:PORT} of loopback. */
  static OperatorAddress operator(String text, Path folder) {
    if (!text.startsWith("tcp:")) {
      return new OperatorAddress.Unix(
          socket(text.startsWith("unix:") ? text.substring("unix:".length()) : text, folder));
    }
    InetSocketAddress address = Parsers.listenAddress().parse(text.substring("tcp:".length()));
    if (!address.getAddress().isLoopbackAddress()) {
      throw refused("must be an address of this machine alone, such as tcp:127.0.0.1:7506", text);
    }
    return new OperatorAddress.Tcp(address);
  }

  /** One address, so that nobody meets this listener on another network. */
  static InetSocketAddress tunnelAddress(String text) {
    InetSocketAddress address = Parsers.listenAddress().parse(text);
    if (address.getAddress().isAnyLocalAddress() || address.getAddress().isMulticastAddress()) {
      throw refused("must be the server's own address in the tunnel, such as 10.8.0.1:80", text);
    }
    return address;
  }

  private static boolean isPort(String digits) {
    int port = Integer.parseInt(digits);
    return port > 0 && port <= 65_535;
  }

  static Path socket(String text, Path folder) {
    Path path = Parsers.path(folder).parse(text);
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
      throw refused("must be a path of at most " + MAX_SOCKET_PATH + " bytes", path.toString());
    }
    return path;
  }

  static WalletAddress wallet(String text) {
    try {
      return WalletAddress.parse(text);
    } catch (InvalidWalletAddressException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** {@code 20/10s}. */
  static Rate rate(String text) {
    Matcher matcher = RATE.matcher(text);
    if (matcher.matches() && Integer.parseInt(matcher.group(1)) > 0) {
      Duration period =
          Parsers.duration(Duration.ofSeconds(1), Duration.ofDays(1)).parse(matcher.group(2));
      return new Rate(Integer.parseInt(matcher.group(1)), period);
    }
    throw refused("must be a count and a duration such as 20/10s", text);
  }
}

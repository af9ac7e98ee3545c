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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.config.HourgateConfig.OperatorAddress;
import org.hourgate.chain.Currency;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.config.Parser;
import org.hourgate.infrastructure.config.Parsers;
import org.hourgate.infrastructure.net.Rate;

/** The kinds of values that our keys alone have. */
final class Formats {

  private static final String UNIX = "unix:";
  private static final Pattern RATE = Pattern.compile("([0-9]{1,7})/([0-9]*[a-z]+)");
  private static final Pattern FIAT_RATE = Pattern.compile("[0-9]{1,12}([.][0-9]{1,12})?");
  private static final Pattern TCP =
      Pattern.compile("tcp:(\\[[0-9a-fA-F:.]+]|[^:\\s]+):([0-9]{1,5})");

  /** What fits {@code sockaddr_un}, with the zero byte at its end. */
  private static final int MAX_SOCKET_PATH = 107;

  private Formats() {}

  /** Signed texts name this URL, so it is one origin and nothing more. */
  static Parser<URI> publicUrl() {
    return Parser.of(
        "a URL such as https://vpn.example.org:8443",
        text -> {
          Optional<URI> uri = httpUri(text);
          uri.filter(found -> !isOrigin(found))
              .ifPresent(
                  _ -> {
                    throw refused("must end after the host and port", text);
                  });
          return uri;
        });
  }

  private static boolean isOrigin(URI uri) {
    String path = uri.getRawPath();
    return (path.isEmpty() || path.equals("/"))
        && uri.getRawQuery() == null
        && uri.getRawFragment() == null
        && uri.getRawUserInfo() == null;
  }

  /** Ether with its unit, or a whole number of a token's smallest unit. */
  static Parser<BigInteger> price(boolean inEther) {
    return Parser.of(
        "an amount such as 0.05 ether; with a token a whole number of its smallest unit",
        text -> {
          BigInteger price = inEther ? Currency.ETHER.parse(text) : smallestUnits(text);
          if (price.signum() == 0) {
            throw refused("must be more than nothing", text);
          }
          return Optional.of(price);
        });
  }

  private static BigInteger smallestUnits(String text) {
    if (!text.matches("[0-9]{1,78}")) {
      throw refused("must be a whole number of the token's smallest unit", text);
    }
    return new BigInteger(text);
  }

  static Parser<java.util.Currency> fiatCurrency() {
    return Parser.of(
        "a currency's three letters such as EUR",
        text -> {
          try {
            return Optional.of(java.util.Currency.getInstance(text));
          } catch (IllegalArgumentException e) {
            return Optional.empty();
          }
        });
  }

  static Parser<LocalDate> date() {
    return Parser.of(
        "a day such as 2026-11-21",
        text -> {
          try {
            return Optional.of(LocalDate.parse(text));
          } catch (DateTimeParseException e) {
            return Optional.empty();
          }
        });
  }

  /** What one whole unit is worth. */
  static Parser<BigDecimal> fiatRate() {
    return Parser.of(
        "an amount of money such as 2450 or 0.92",
        text ->
            Optional.of(text)
                .filter(FIAT_RATE.asMatchPredicate())
                .map(BigDecimal::new)
                .filter(rate -> rate.signum() > 0));
  }

  /** Keys of RPC providers stand in these, so what was written is not repeated. */
  static Parser<URI> rpcUrl() {
    String wanted = "a URL that begins with http:// or https://";
    return Parser.of(
        wanted,
        text -> {
          URI uri =
              httpUri(text).orElseThrow(() -> new IllegalArgumentException("must be " + wanted));
          if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("can't carry a user name");
          }
          return Optional.of(uri);
        });
  }

  /** Visitors' browsers ask it: plain http is for chains on the same machine. */
  static Parser<URI> walletUrl() {
    return Parser.of(
        "a URL such as https://rpc.example.org; http is for this machine alone",
        text ->
            httpUri(text)
                .filter(uri -> uri.getRawUserInfo() == null)
                .filter(
                    uri ->
                        "https".equals(uri.getScheme())
                            || List.of("localhost", "127.0.0.1", "[::1]").contains(uri.getHost())));
  }

  /** Wallets take https only. */
  static Parser<URI> explorerUrl() {
    return Parser.of(
        "a URL that begins with https://, such as https://explorer.example.org",
        text ->
            httpUri(text)
                .filter(
                    uri ->
                        "https".equals(uri.getScheme())
                            && uri.getRawUserInfo() == null
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null));
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

  private static Optional<URI> httpUri(String text) {
    try {
      return Optional.of(URI.create(text))
          .filter(uri -> "https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          .filter(uri -> uri.getHost() != null && uri.getPort() <= 65_535);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** {@code unix:/path}, made absolute, or {@code tcp:HOST:PORT}. */
  static Parser<String> management(Path folder) {
    Parser<Path> socket = socket(folder);
    return Parser.of(
        "unix:PATH or tcp:HOST:PORT",
        text -> {
          if (text.startsWith(UNIX) && text.length() > UNIX.length()) {
            return Optional.of(UNIX + socket.parse(text.substring(UNIX.length())));
          }
          Matcher tcp = TCP.matcher(text);
          return tcp.matches() && isPort(tcp.group(2)) ? Optional.of(text) : Optional.empty();
        });
  }

  /** {@code /path}, {@code unix:/path}, or {@code tcp:ADDRESS:PORT} of loopback. */
  static Parser<OperatorAddress> operator(Path folder) {
    Parser<Path> socket = socket(folder);
    return Parser.of(
        "a path, unix:PATH, or a port of this machine such as tcp:127.0.0.1:7506",
        text -> {
          if (!text.startsWith("tcp:")) {
            return Optional.of(
                new OperatorAddress.Unix(
                    socket.parse(text.startsWith(UNIX) ? text.substring(UNIX.length()) : text)));
          }
          InetSocketAddress address =
              Parsers.listenAddress().parse(text.substring("tcp:".length()));
          return address.getAddress().isLoopbackAddress()
              ? Optional.of(new OperatorAddress.Tcp(address))
              : Optional.empty();
        });
  }

  /** One address, so that nobody meets this listener on another network. */
  static Parser<InetSocketAddress> tunnelAddress() {
    return Parser.of(
        "the server's own address in the tunnel, such as 10.8.0.1:80",
        text ->
            Optional.of(Parsers.listenAddress().parse(text))
                .filter(at -> !at.getAddress().isAnyLocalAddress())
                .filter(at -> !at.getAddress().isMulticastAddress()));
  }

  private static boolean isPort(String digits) {
    int port = Integer.parseInt(digits);
    return port > 0 && port <= 65_535;
  }

  static Parser<Path> socket(Path folder) {
    return Parser.of(
        "a path of at most " + MAX_SOCKET_PATH + " bytes",
        text ->
            Optional.of(Parsers.path(folder).parse(text))
                .filter(
                    path ->
                        path.toString().getBytes(StandardCharsets.UTF_8).length
                            <= MAX_SOCKET_PATH));
  }

  static Parser<WalletAddress> wallet() {
    return Parser.of(
        "0x and 40 hexadecimal digits",
        text -> {
          try {
            return Optional.of(WalletAddress.parse(text));
          } catch (InvalidWalletAddressException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
          }
        });
  }

  /** {@code 20/10s}. */
  static Parser<Rate> rate() {
    Parser<Duration> period = Parsers.duration(Duration.ofSeconds(1), Duration.ofDays(1));
    return Parser.of(
        "a count and " + period.wanted() + ", such as 20/10s",
        text -> {
          Matcher matcher = RATE.matcher(text);
          return matcher.matches() && Integer.parseInt(matcher.group(1)) > 0
              ? Optional.of(
                  new Rate(Integer.parseInt(matcher.group(1)), period.parse(matcher.group(2))))
              : Optional.empty();
        });
  }
}

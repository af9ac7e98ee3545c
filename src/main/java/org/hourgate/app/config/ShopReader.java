package org.hourgate.app.config;

import static org.hourgate.infrastructure.config.Parsers.cidrBlock;
import static org.hourgate.infrastructure.config.Parsers.listenAddress;
import static org.hourgate.infrastructure.config.Parsers.matching;
import static org.hourgate.infrastructure.config.Parsers.path;
import static org.hourgate.infrastructure.config.Parsers.text;
import static org.hourgate.infrastructure.config.Parsers.wholeNumber;

import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.hourgate.app.config.HourgateConfig.ChainFacts;
import org.hourgate.app.config.HourgateConfig.Shop;
import org.hourgate.app.config.HourgateConfig.Tls;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.config.Section;
import org.hourgate.infrastructure.config.Setting;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.shop.FiatRates;
import org.hourgate.shop.SellerFacts;

/** Declares the keys of {@code shop}. */
final class ShopReader {

  /** What a reload does with whatever visitors read. */
  static final String PAGES = "open pages are told";

  private static final Pattern CURRENCY = Pattern.compile("[A-Za-z0-9]{2,6}");
  private static final int MAX_NOTE = 200;
  private static final int MAX_FACT = 80;

  private final Path folder;

  ShopReader(Path folder) {
    this.folder = folder;
  }

  Supplier<Shop> read(Section section, LongSupplier chainId) {
    Setting<InetSocketAddress> listen =
        section.value("listen", listenAddress(), "address to listen on");
    boolean off = section.isOff("tls");
    Supplier<Tls> tls = tls(section, off);
    Setting<List<CidrBlock>> proxies =
        section.list(
            "trusted-proxies",
            cidrBlock(),
            "a proxy at such an address is believed when it says in `X-Forwarded-For` whom it speaks"
                + " for. Name a proxy on this machine too (`127.0.0.1`): without it all visitors are"
                + " this machine, which `limits.exempt` leaves without limits. Examples:"
                + " [https.md](https.md)");
    boolean loopback =
        listen
            .peek()
            .map(InetSocketAddress::getAddress)
            .filter(InetAddress::isLoopbackAddress)
            .isPresent();
    boolean behindProxy = proxies.peek().filter(list -> !list.isEmpty()).isPresent();
    if (off && !loopback && !behindProxy) {
      section.problem(
          "tls",
          "may be off only if listen is a loopback address, or trusted-proxies names the proxy that"
              + " does TLS");
    }
    var address = listen.orElse("0.0.0.0:8443");
    var trusted = proxies.optional();
    var tunnelListen =
        section
            .list(
                "tunnel-listen",
                Formats.tunnelAddress(),
                "where customers who are connected see how long they are:"
                    + " [below](#inside-the-tunnel). Plain HTTP")
            .optional();
    Supplier<SellerFacts> seller = sellerFacts(section);
    Supplier<ChainFacts> chain = chainFacts(section, chainId);
    var history =
        section
            .value(
                "history-from-block",
                wholeNumber(0, Long.MAX_VALUE),
                "no purchase is older: the block of the contract's creation makes histories quick")
            .live(PAGES)
            .orElse("0");
    return () ->
        new Shop(
            address.get(),
            tls.get(),
            trusted.get().orElse(List.of()),
            tunnelListen.get().orElse(List.of()),
            seller.get(),
            chain.get(),
            history.get());
  }

  private Supplier<Tls> tls(Section shop, boolean off) {
    shop.declare(
            "tls",
            "the group of the next two keys, or off",
            "without them a certificate is made at the first start, in `gateway.state-dir`. `off` is"
                + " plain HTTP: only on a loopback address, or if `shop.trusted-proxies` names who"
                + " does TLS")
        .otherwise("self-signed");
    Section section = shop.section("tls");
    String otherFiles =
        "from files to other files. Files whose content changes are read again without a reload";
    Setting<Path> certificate =
        section
            .value(
                "certificate",
                path(folder),
                "PEM file: the certificate, then its chain. Read again within seconds when it"
                    + " changes; open connections and event streams go on, and files that can't be"
                    + " used change nothing but a warning in the log")
            .live(otherFiles);
    Setting<Path> key =
        section
            .value(
                "key",
                path(folder),
                "PEM file: the private key, without a password; readable by root and the user that"
                    + " Hourgate runs as, and nobody else")
            .live(otherFiles);
    if (certificate.isWritten() != key.isWritten()) {
      section.problem(
          certificate.isWritten() ? "key" : "certificate", "is missing: both or none of the two");
    }
    return () ->
        off
            ? new Tls.Off()
            : certificate
                .peek()
                .<Tls>map(file -> new Tls.Files(file, key.peek().orElseThrow()))
                .orElseGet(Tls.SelfSigned::new);
  }

  private static Supplier<SellerFacts> sellerFacts(Section shop) {
    var place =
        shop.value(
                "place",
                text(MAX_FACT),
                "where customers come out, as in `Vienna, Austria`; shown above the offers")
            .live(PAGES)
            .optional();
    var speed =
        shop.value(
                "speed",
                text(MAX_FACT),
                "how fast the connection is, as in `100 Mbit/s down, 20 up`; shown there, too")
            .live(PAGES)
            .optional();
    var notes =
        shop.list(
                "notes",
                text(MAX_NOTE),
                "sentences that customers read above the offers: rules, hours, whatever they should"
                    + " know before they pay")
            .live(PAGES)
            .optional();
    Supplier<Optional<FiatRates>> fiat = fiat(shop);
    return () ->
        new SellerFacts(place.get(), speed.get(), notes.get().orElse(List.of()), fiat.get());
  }

  private static Supplier<Optional<FiatRates>> fiat(Section shop) {
    boolean isWritten = shop.isGroup("fiat");
    shop.declare(
            "fiat",
            "the group of the next keys",
            "what prices are worth in the money people count in. The page says \"about 2.45 EUR\" by"
                + " the price, and of which day the rates are; what is paid is the price alone, and"
                + " nobody updates the rates but you")
        .live(PAGES);
    Section section = shop.section("fiat");
    var currency =
        section.value("currency", Formats.fiatCurrency(), "the money that people count in");
    var asOf = section.value("as-of", Formats.date(), "the day of the rates");
    var perEther =
        section.value(
            "per-ether",
            Formats.fiatRate(),
            "what one ether is worth (one `shop.currency`, where that is another)");
    section.declare("per-token", "a list of groups", "rates for tokens");
    Map<Supplier<WalletAddress>, Supplier<BigDecimal>> perToken = new LinkedHashMap<>();
    for (Section entry : section.sections("per-token")) {
      perToken.put(
          entry.value("token", Formats.wallet(), "the token's address").required(),
          entry.value("value", Formats.fiatRate(), "what one whole token is worth").required());
    }
    if (!isWritten) {
      return Optional::empty;
    }
    var money = currency.required();
    var day = asOf.required();
    if (!perEther.isWritten() && perToken.isEmpty()) {
      section.problem("per-ether", "is missing, and so is per-token: one of the two is needed");
    }
    var effectivePerEther = perEther.optional();
    return () -> {
      Map<WalletAddress, BigDecimal> tokens = new LinkedHashMap<>();
      perToken.forEach((token, value) -> tokens.put(token.get(), value.get()));
      return Optional.of(new FiatRates(money.get(), day.get(), effectivePerEther.get(), tokens));
    };
  }

  private static Supplier<ChainFacts> chainFacts(Section shop, LongSupplier chainId) {
    var name =
        shop.value(
                "chain-name",
                text(64),
                "what people call the chain; a wallet that does not know it yet adds it by this"
                    + " name")
            .live(PAGES)
            .optional("by `chain.id`");
    var currency =
        shop.value(
                "currency",
                matching(CURRENCY, "2 to 6 letters or digits"),
                "what the chain's fees and prices without a token are paid in, with 18 decimals")
            .live(PAGES)
            .orElse("ETH");
    var walletRpc =
        shop.list(
                "wallet-rpc",
                Formats.walletUrl(),
                "JSON-RPC addresses that visitors' wallets may use to add the chain. Without them a"
                    + " wallet has to know the chain")
            .live(PAGES)
            .optional();
    var explorer =
        shop.value(
                "explorer",
                Formats.explorerUrl(),
                "a block explorer: links to transactions are this, `/tx/` and the hash")
            .live(PAGES)
            .optional();
    return () ->
        new ChainFacts(
            name.get().orElseGet(() -> Formats.chainName(chainId.getAsLong())),
            currency.get(),
            walletRpc.get().orElse(List.of()),
            explorer.get());
  }
}

package org.hourgate.app.config;

import static org.hourgate.infrastructure.config.Parsers.duration;
import static org.hourgate.infrastructure.config.Parsers.integer;
import static org.hourgate.infrastructure.config.Parsers.listenAddress;
import static org.hourgate.infrastructure.config.Parsers.matching;
import static org.hourgate.infrastructure.config.Parsers.oneOf;
import static org.hourgate.infrastructure.config.Parsers.orOff;
import static org.hourgate.infrastructure.config.Parsers.path;
import static org.hourgate.infrastructure.config.Parsers.secretFile;
import static org.hourgate.infrastructure.config.Parsers.text;
import static org.hourgate.infrastructure.config.Parsers.wholeNumber;

import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Currency;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.hourgate.app.config.HourgateConfig.Admin;
import org.hourgate.app.config.HourgateConfig.Chain;
import org.hourgate.app.config.HourgateConfig.ChainFacts;
import org.hourgate.app.config.HourgateConfig.Credentials;
import org.hourgate.app.config.HourgateConfig.Expiry;
import org.hourgate.app.config.HourgateConfig.Gateway;
import org.hourgate.app.config.HourgateConfig.Limits;
import org.hourgate.app.config.HourgateConfig.Log;
import org.hourgate.app.config.HourgateConfig.LogFormat;
import org.hourgate.app.config.HourgateConfig.LogLevel;
import org.hourgate.app.config.HourgateConfig.Mode;
import org.hourgate.app.config.HourgateConfig.OpenVpn;
import org.hourgate.app.config.HourgateConfig.Operator;
import org.hourgate.app.config.HourgateConfig.OperatorAddress;
import org.hourgate.app.config.HourgateConfig.Script;
import org.hourgate.app.config.HourgateConfig.Shop;
import org.hourgate.app.config.HourgateConfig.Tls;
import org.hourgate.app.config.HourgateConfig.WebSignIn;
import org.hourgate.app.config.HourgateConfig.WhenFull;
import org.hourgate.chain.Confirmations;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.config.ConfigDocument;
import org.hourgate.infrastructure.config.Parser;
import org.hourgate.infrastructure.config.Section;
import org.hourgate.infrastructure.config.Setting;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.infrastructure.net.Rate;
import org.hourgate.operator.GuestRole;
import org.hourgate.shop.FiatRates;
import org.hourgate.shop.SellerFacts;

/** Declares every key once: its name, its kind, its range, its default. */
final class ConfigReader {

  private static final String VARIABLE_PREFIX = "HOURGATE_";
  private static final Pattern INSTANCE_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");
  private static final Pattern CURRENCY = Pattern.compile("[A-Za-z0-9]{2,6}");
  private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}");
  private static final int MAX_NOTE = 200;
  private static final int MAX_FACT = 80;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final Path DEFAULT_ADMIN_SOCKET = Path.of("/run/hourgate/admin.sock");

  private final Path folder;

  private ConfigReader(Path folder) {
    this.folder = folder;
  }

  static HourgateConfig read(
      Path file, Map<String, String> environment, Map<String, String> settings) {
    ConfigDocument document = ConfigDocument.read(file, VARIABLE_PREFIX, environment, settings);
    ConfigReader reader = of(file);
    Section root = document.root();
    Supplier<Gateway> gateway = reader.gateway(root.section("gateway"));
    Set<Mode> modes = EnumSet.noneOf(Mode.class);
    Supplier<List<OpenVpn>> openvpn = reader.openvpn(root, modes);
    Supplier<Chain> chain = chain(root.section("chain"));
    Supplier<Credentials> credential = credential(root.section("credential"));
    Supplier<Expiry> expiry = expiry(root.section("expiry"), modes.contains(Mode.SCRIPT));
    Supplier<Limits> limits = limits(root);
    Supplier<Shop> shop = reader.shop(root.section("shop"), () -> chain.get().id());
    Supplier<Admin> admin = reader.admin(root.section("admin"));
    Supplier<Log> log = log(root.section("log"));
    document.finish();
    return new HourgateConfig(
        gateway.get(),
        openvpn.get(),
        chain.get(),
        credential.get(),
        expiry.get(),
        limits.get(),
        shop.get(),
        admin.get(),
        log.get());
  }

  private static ConfigReader of(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return new ConfigReader(folder == null ? Path.of("/") : folder);
  }

  /** One key alone, of a file that may be wrong in others. */
  static Path adminSocket(
      Path file, Map<String, String> environment, Map<String, String> settings) {
    ConfigReader reader = of(file);
    return ConfigDocument.read(file, VARIABLE_PREFIX, environment, settings)
        .root()
        .section("admin")
        .value("socket", text -> Formats.socket(text, reader.folder))
        .peek()
        .orElse(DEFAULT_ADMIN_SOCKET);
  }

  private static Parser<String> group() {
    return matching(GROUP, "the name of a group of this machine");
  }

  private Supplier<Gateway> gateway(Section section) {
    var name = section.value("name", text(64)).orElse("Home gateway");
    var publicUrl = section.value("public-url", Formats::publicUrl).required();
    var stateDir = section.value("state-dir", path(folder)).orElse(Path.of("/var/lib/hourgate"));
    var key = section.value("key", secretFile(folder)).orElse(folder.resolve("gateway.key"));
    return () -> new Gateway(name.get(), publicUrl.get(), stateDir.get(), key.get());
  }

  private Supplier<List<OpenVpn>> openvpn(Section root, Set<Mode> modes) {
    List<Section> sections = root.sections("openvpn");
    if (sections.isEmpty()) {
      root.problem("openvpn", "needs at least one entry");
    }
    Set<String> names = new HashSet<>();
    List<Supplier<OpenVpn>> instances = new ArrayList<>();
    for (Section section : sections) {
      Setting<String> name =
          section.value(
              "name",
              matching(INSTANCE_NAME, "1 to 32 small letters, digits, hyphens or underscores"));
      String effective = name.peek().orElse("openvpn");
      if (!names.add(effective)) {
        section.problem("name", "must be another than that of an earlier entry: " + effective);
      }
      instances.add(instance(section, name.orElse("openvpn"), modes));
    }
    return () -> instances.stream().map(Supplier::get).toList();
  }

  private Supplier<OpenVpn> instance(Section section, Supplier<String> name, Set<Mode> modes) {
    var management =
        section.value("management", text -> Formats.management(text, folder)).required();
    var password = section.value("management-password", secretFile(folder)).optional();
    var mode = section.value("mode", oneOf(Mode.class));
    mode.peek().ifPresent(modes::add);
    Supplier<Optional<Script>> script = script(section, mode);
    var template = section.value("profile-template", path(folder)).optional();
    Supplier<Optional<Operator>> operator = operator(section);
    var effectiveMode = mode.orElse(Mode.MANAGEMENT);
    return () ->
        new OpenVpn(
            name.get(),
            management.get(),
            password.get(),
            effectiveMode.get(),
            script.get(),
            template.get(),
            operator.get());
  }

  private Supplier<Optional<Script>> script(Section section, Setting<Mode> mode) {
    var scriptFolder = section.value("script-folder", path(folder));
    var group = section.value("script-group", group());
    boolean byScript = mode.peek().filter(Mode.SCRIPT::equals).isPresent();
    if (byScript && !scriptFolder.isWritten()) {
      section.problem("script-folder", "is required with mode: script");
    }
    for (Setting<?> setting : List.of(scriptFolder, group)) {
      if (!byScript && setting.isWritten()) {
        section.problem(
            setting == group ? "script-group" : "script-folder", "goes with mode: script");
      }
    }
    var effectiveFolder = scriptFolder.optional();
    var effectiveGroup = group.optional();
    return () -> effectiveFolder.get().map(at -> new Script(at, effectiveGroup.get()));
  }

  private Supplier<Optional<Operator>> operator(Section section) {
    var address = section.value("operator-socket", text -> Formats.operator(text, folder));
    var password = section.value("operator-password", secretFile(folder));
    var group = section.value("operator-group", group());
    var role = section.value("operator-role", oneOf(GuestRole.class));
    boolean isPort = address.peek().filter(OperatorAddress.Tcp.class::isInstance).isPresent();
    boolean isUnderstood = address.peek().isPresent() || !address.isWritten();
    if (isUnderstood && isPort != password.isWritten()) {
      section.problem(
          "operator-password",
          isPort ? "is required with a port" : "goes with an operator-socket that is a port");
    }
    boolean isUnix = address.peek().filter(OperatorAddress.Unix.class::isInstance).isPresent();
    if (isUnderstood && group.isWritten() && !isUnix) {
      section.problem("operator-group", "goes with an operator-socket that is a file");
    }
    var effectiveGroup = group.optional();
    var effectiveAddress = address.optional();
    var effectivePassword = password.optional();
    var effectiveRole = role.orElse(GuestRole.KILL);
    return () ->
        effectiveAddress
            .get()
            .map(
                at ->
                    new Operator(
                        at, effectivePassword.get(), effectiveGroup.get(), effectiveRole.get()));
  }

  private static Supplier<Chain> chain(Section section) {
    var id = section.value("id", wholeNumber(1, Long.MAX_VALUE)).required();
    var rpc = notEmpty(section, "rpc", section.list("rpc", Formats::rpcUrl));
    Supplier<List<URI>> nodesToAsk = rpc.required();
    var contracts =
        notEmpty(section, "contract", section.list("contract", Formats::wallet)).required();
    var quorum = section.value("quorum", integer(1, 16));
    int nodes = rpc.peek().map(List::size).orElse(0);
    if (nodes > 0 && quorum.peek().filter(number -> number > nodes).isPresent()) {
      section.problem("quorum", "must be at most the number of chain.rpc, which is " + nodes);
    }
    Supplier<Integer> effectiveQuorum = quorum.orElse(1);
    Supplier<Confirmations> confirmations = confirmations(section);
    var poll = section.value("poll", duration(Duration.ofMillis(100), MINUTE)).orElse(SECOND);
    var maxHeadAge =
        section
            .value("max-head-age", orOff(duration(SECOND, Duration.ofDays(1))))
            .orElse(Optional.of(Duration.ofSeconds(60)));
    return () ->
        new Chain(
            id.get(),
            nodesToAsk.get(),
            contracts.get(),
            effectiveQuorum.get(),
            confirmations.get(),
            poll.get(),
            maxHeadAge.get());
  }

  /** One number of blocks, or a group with one for each level of prices. */
  private static Supplier<Confirmations> confirmations(Section chain) {
    Parser<Integer> blocks = integer(1, Confirmations.MOST);
    if (!chain.isGroup("confirmations")) {
      var number = chain.value("confirmations", blocks).orElse(1);
      return () -> Confirmations.of(number.get());
    }
    Section section = chain.section("confirmations");
    var usual = section.value("default", blocks).orElse(1);
    List<Supplier<Confirmations.Level>> levels =
        section.sections("from").stream().map(level -> level(level, blocks)).toList();
    return () -> new Confirmations(usual.get(), levels.stream().map(Supplier::get).toList());
  }

  private static Supplier<Confirmations.Level> level(Section section, Parser<Integer> blocks) {
    var token = section.value("token", Formats::wallet);
    boolean inEther = !token.isWritten();
    var price = section.value("price", text -> Formats.price(text, inEther)).required();
    var number = section.value("blocks", blocks).required();
    return () -> new Confirmations.Level(token.peek(), price.get(), number.get());
  }

  private static <T> Setting<List<T>> notEmpty(
      Section section, String key, Setting<List<T>> setting) {
    setting
        .peek()
        .ifPresent(
            values -> {
              if (values.isEmpty()) {
                section.problem(key, "needs at least one value");
              } else if (Set.copyOf(values).size() < values.size()) {
                section.problem(key, "has a value twice");
              }
            });
    return setting;
  }

  private static Supplier<Credentials> credential(Section section) {
    Duration longest = Duration.ofDays(180);
    var login =
        section.value("login-lifetime", duration(SECOND, longest)).orElse(MINUTE.multipliedBy(5));
    var device =
        section.value("device-lifetime", duration(SECOND, longest)).orElse(Duration.ofDays(30));
    var sessions = section.value("sessions-per-wallet", integer(1, 100)).orElse(1);
    var whenFull = section.value("when-full", oneOf(WhenFull.class)).orElse(WhenFull.NEWEST_WINS);
    var webSignIn =
        section.value("web-sign-in", oneOf(WebSignIn.class)).orElse(WebSignIn.SAME_ADDRESS);
    var webSignInTime =
        section
            .value("web-sign-in-time", duration(Duration.ofSeconds(10), MINUTE.multipliedBy(10)))
            .orElse(MINUTE.multipliedBy(5));
    return () ->
        new Credentials(
            login.get(),
            device.get(),
            sessions.get(),
            whenFull.get(),
            webSignIn.get(),
            webSignInTime.get());
  }

  private static Supplier<Expiry> expiry(Section section, boolean byScript) {
    var belt = section.value("belt", orOff(duration(Duration.ofSeconds(5), Duration.ofHours(1))));
    if (byScript && belt.peek().filter(Optional::isEmpty).isPresent()) {
      section.problem("belt", "may not be off with an instance of mode: script");
    }
    var effective = belt.orElse(Optional.of(MINUTE));
    return () -> new Expiry(effective.get());
  }

  private static Supplier<Limits> limits(Section root) {
    boolean off = root.isOff("limits");
    Section section = root.section("limits");
    Optional<Rate> twentyInTenSeconds = Optional.of(new Rate(20, Duration.ofSeconds(10)));
    var connects =
        section.value("connects-per-source", orOff(Formats::rate)).orElse(twentyInTenSeconds);
    var nonces =
        section.value("nonces-per-source", orOff(Formats::rate)).orElse(twentyInTenSeconds);
    var requests =
        section
            .value("requests-per-source", orOff(Formats::rate))
            .orElse(Optional.of(new Rate(100, Duration.ofSeconds(10))));
    var exempt =
        section.list("exempt", CidrBlock::parse).orElse(List.of(CidrBlock.parse("127.0.0.0/8")));
    return () ->
        off
            ? new Limits(Optional.empty(), Optional.empty(), Optional.empty(), exempt.get())
            : new Limits(connects.get(), nonces.get(), requests.get(), exempt.get());
  }

  private Supplier<Shop> shop(Section section, LongSupplier chainId) {
    Setting<InetSocketAddress> listen = section.value("listen", listenAddress());
    Setting<List<CidrBlock>> proxies = section.list("trusted-proxies", CidrBlock::parse);
    Setting<List<InetSocketAddress>> inTunnel =
        section.list("tunnel-listen", Formats::tunnelAddress);
    boolean off = section.isOff("tls");
    Supplier<Tls> tls = tls(section, off);
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
    Supplier<InetSocketAddress> address =
        listen.orElse(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 8443));
    Supplier<List<CidrBlock>> trusted = proxies.orElse(List.of());
    Supplier<List<InetSocketAddress>> tunnelListen = inTunnel.orElse(List.of());
    Supplier<SellerFacts> seller = sellerFacts(section);
    var chain = chainFacts(section, chainId);
    var history = section.value("history-from-block", wholeNumber(0, Long.MAX_VALUE)).orElse(0L);
    return () ->
        new Shop(
            address.get(),
            tls.get(),
            trusted.get(),
            tunnelListen.get(),
            seller.get(),
            chain.get(),
            history.get());
  }

  private static Supplier<SellerFacts> sellerFacts(Section shop) {
    var place = shop.value("place", text(MAX_FACT)).optional();
    var speed = shop.value("speed", text(MAX_FACT)).optional();
    var notes = shop.list("notes", text(MAX_NOTE)).orElse(List.of());
    Supplier<Optional<FiatRates>> fiat = fiat(shop.section("fiat"), shop.isGroup("fiat"));
    return () -> new SellerFacts(place.get(), speed.get(), notes.get(), fiat.get());
  }

  private static Supplier<Optional<FiatRates>> fiat(Section section, boolean isWritten) {
    Setting<Currency> currency = section.value("currency", Formats::fiatCurrency);
    Setting<LocalDate> asOf = section.value("as-of", Formats::date);
    var perEther = section.value("per-ether", Formats::fiatRate);
    Map<Supplier<WalletAddress>, Supplier<BigDecimal>> perToken = new LinkedHashMap<>();
    for (Section entry : section.sections("per-token")) {
      perToken.put(
          entry.value("token", Formats::wallet).required(),
          entry.value("value", Formats::fiatRate).required());
    }
    if (!isWritten) {
      return Optional::empty;
    }
    Supplier<Currency> money = currency.required();
    Supplier<LocalDate> day = asOf.required();
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
    var name = shop.value("chain-name", text(64)).optional();
    var currency =
        shop.value("currency", matching(CURRENCY, "2 to 6 letters or digits")).orElse("ETH");
    var walletRpc = shop.list("wallet-rpc", Formats::walletUrl).orElse(List.of());
    var explorer = shop.value("explorer", Formats::explorerUrl).optional();
    return () ->
        new ChainFacts(
            name.get().orElseGet(() -> Formats.chainName(chainId.getAsLong())),
            currency.get(),
            walletRpc.get(),
            explorer.get());
  }

  private Supplier<Tls> tls(Section shop, boolean off) {
    Section section = shop.section("tls");
    Setting<Path> certificate = section.value("certificate", path(folder));
    Setting<Path> key = section.value("key", path(folder));
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

  private Supplier<Admin> admin(Section section) {
    var listen =
        section
            .value("listen", listenAddress())
            .orElse(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9176));
    var socket =
        section.value("socket", text -> Formats.socket(text, folder)).orElse(DEFAULT_ADMIN_SOCKET);
    var group = section.value("group", group()).optional();
    return () -> new Admin(listen.get(), socket.get(), group.get());
  }

  private static Supplier<Log> log(Section section) {
    var format = section.value("format", oneOf(LogFormat.class)).orElse(LogFormat.TEXT);
    var level = section.value("level", oneOf(LogLevel.class)).orElse(LogLevel.INFO);
    return () -> new Log(format.get(), level.get());
  }
}

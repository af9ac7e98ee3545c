package org.hourgate.app.config;

import static org.hourgate.infrastructure.config.Parsers.cidrBlock;
import static org.hourgate.infrastructure.config.Parsers.duration;
import static org.hourgate.infrastructure.config.Parsers.integer;
import static org.hourgate.infrastructure.config.Parsers.listenAddress;
import static org.hourgate.infrastructure.config.Parsers.matching;
import static org.hourgate.infrastructure.config.Parsers.oneOf;
import static org.hourgate.infrastructure.config.Parsers.orOff;
import static org.hourgate.infrastructure.config.Parsers.path;
import static org.hourgate.infrastructure.config.Parsers.secretFile;
import static org.hourgate.infrastructure.config.Parsers.text;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.hourgate.app.config.HourgateConfig.Admin;
import org.hourgate.app.config.HourgateConfig.Chain;
import org.hourgate.app.config.HourgateConfig.Credentials;
import org.hourgate.app.config.HourgateConfig.Expiry;
import org.hourgate.app.config.HourgateConfig.Gateway;
import org.hourgate.app.config.HourgateConfig.Limits;
import org.hourgate.app.config.HourgateConfig.Log;
import org.hourgate.app.config.HourgateConfig.LogFormat;
import org.hourgate.app.config.HourgateConfig.LogLevel;
import org.hourgate.app.config.HourgateConfig.OpenVpn;
import org.hourgate.app.config.HourgateConfig.Shop;
import org.hourgate.app.config.HourgateConfig.WebSignIn;
import org.hourgate.app.config.HourgateConfig.WhenFull;
import org.hourgate.infrastructure.config.ConfigDocument;
import org.hourgate.infrastructure.config.Key;
import org.hourgate.infrastructure.config.Parser;
import org.hourgate.infrastructure.config.Section;

/**
 * Declares every key once, where it is read: its name, what may be written, what it means, what
 * holds without it, and what a reload does with it. The tables of {@code docs/configuration.md} are
 * made of these declarations.
 */
final class ConfigReader {

  private static final String VARIABLE_PREFIX = "HOURGATE_";
  private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}");
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** What has a place in the reference, and is only asked for if it is there. */
  private static final String ONE_OF_EACH =
      """
      openvpn: [{}]
      chain: { confirmations: { from: [{}] } }
      shop: { fiat: { per-token: [{}] } }
      """;

  private final Path folder;

  private ConfigReader(Path folder) {
    this.folder = folder;
  }

  static HourgateConfig read(
      Path file, Map<String, String> environment, Map<String, String> settings) {
    ConfigDocument document = ConfigDocument.read(file, VARIABLE_PREFIX, environment, settings);
    Supplier<HourgateConfig> config = of(file).read(document.root());
    document.finish();
    return config.get();
  }

  /** Every key, in the order of the reference. */
  static List<Key> keys() {
    ConfigDocument document = ConfigDocument.of(ONE_OF_EACH);
    var _ = new ConfigReader(Path.of("/etc/hourgate")).read(document.root());
    return document.keys();
  }

  private static ConfigReader of(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return new ConfigReader(folder == null ? Path.of("/") : folder);
  }

  /** One key alone, of a file that may be wrong in others. */
  static Path adminSocket(
      Path file, Map<String, String> environment, Map<String, String> settings) {
    Section root = ConfigDocument.read(file, VARIABLE_PREFIX, environment, settings).root();
    return of(file).adminSocket(root.section("admin")).get();
  }

  static Parser<String> group() {
    return matching(GROUP, "the name of a group of this machine");
  }

  private Supplier<HourgateConfig> read(Section root) {
    Supplier<Gateway> gateway = gateway(root.section("gateway"));
    OpenVpnReader instances = new OpenVpnReader(folder);
    Supplier<List<OpenVpn>> openvpn = instances.read(root);
    Supplier<Chain> chain = ChainReader.read(root.section("chain"));
    Supplier<Credentials> credential = credential(root.section("credential"));
    Supplier<Expiry> expiry = expiry(root.section("expiry"), instances.anyByScript());
    Supplier<Limits> limits = limits(root);
    Supplier<Shop> shop = new ShopReader(folder).read(root.section("shop"), () -> chain.get().id());
    Supplier<Admin> admin = admin(root.section("admin"));
    Supplier<Log> log = log(root.section("log"));
    return () ->
        new HourgateConfig(
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

  private Supplier<Gateway> gateway(Section section) {
    var name =
        section
            .value("name", text(64), "what customers read on the page")
            .live(ShopReader.PAGES)
            .orElse("Home gateway");
    var publicUrl =
        section
            .value(
                "public-url",
                Formats.publicUrl(),
                "where customers find the page: `https://HOST[:PORT]`, nothing behind it. Signed"
                    + " texts name it: after a change old device passes are no longer good")
            .required();
    var stateDir =
        section
            .value(
                "state-dir",
                path(folder).told("the path of a folder"),
                "folder for spent logins, the books of served time (`accounts`), revoked devices,"
                    + " bans, the belts and device ids of live sessions, and our own certificate;"
                    + " made if absent")
            .orElse("/var/lib/hourgate");
    var key =
        section
            .value(
                "key",
                secretFile(folder),
                "secret that makes nonces and reconnect tokens: a line of 64 hexadecimal digits; a"
                    + " second line is the previous key, which still checks. Made, readable by its"
                    + " owner alone, if absent")
            .orElse("file:gateway.key");
    return () -> new Gateway(name.get(), publicUrl.get(), stateDir.get(), key.get());
  }

  private static Supplier<Credentials> credential(Section section) {
    Parser<Duration> lifetime = duration(SECOND, Duration.ofDays(180));
    String signed = "of what is signed from then on";
    String arriving = "for whoever comes from then on";
    var login =
        section
            .value("login-lifetime", lifetime, "how long a signed login is good")
            .live(signed)
            .orElse("5m");
    var device =
        section
            .value("device-lifetime", lifetime, "how long a device pass is good")
            .live(signed)
            .orElse("30d");
    var sessions =
        section
            .value("sessions-per-wallet", integer(1, 100), "devices of one wallet online at a time")
            .orElse("1");
    var whenFull =
        section
            .value(
                "when-full",
                oneOf(WhenFull.class),
                "when they are all online and another one comes: `newest-wins` cuts the oldest,"
                    + " `refuse` refuses the new one")
            .live(arriving)
            .orElse("newest-wins");
    var webSignIn =
        section
            .value(
                "web-sign-in",
                oneOf(WebSignIn.class),
                "who may sign on the page for a client that came without a signed password:"
                    + " `same-address` is whoever opens the page from the client's own network"
                    + " address, `anywhere` is whoever has the link, `off` is nobody")
            .live(arriving)
            .orElse("same-address");
    var webSignInTime =
        section
            .value(
                "web-sign-in-time",
                duration(Duration.ofSeconds(10), Duration.ofMinutes(10)),
                "how long such a client waits for that signature")
            .live(arriving)
            .orElse("5m");
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
    var belt =
        section
            .value(
                "belt",
                orOff(duration(Duration.ofSeconds(5), Duration.ofHours(1))),
                "OpenVPN itself ends a session this long after its paid time, should Hourgate be"
                    + " dead by then; not off with `mode: script`")
            .live(
                "for whoever comes from then on: OpenVPN keeps the belt that a session began with");
    if (byScript && belt.peek().filter(Optional::isEmpty).isPresent()) {
      section.problem("belt", "may not be off with an instance of mode: script");
    }
    var effective = belt.orElse("60s");
    return () -> new Expiry(effective.get());
  }

  private static Supplier<Limits> limits(Section root) {
    boolean off = root.isOff("limits");
    Section section = root.section("limits");
    var rate = orOff(Formats.rate());
    String anew = "with another rate every source begins to be counted anew";
    var connects =
        section
            .value(
                "connects-per-source", rate, "logins with a right nonce from one network address")
            .live(anew)
            .orElse("20/10s");
    var nonces =
        section
            .value(
                "nonces-per-source", rate, "requests for a text to sign from one network address")
            .live(anew)
            .orElse("20/10s");
    var requests =
        section
            .value(
                "requests-per-source",
                rate,
                "other requests to the page's interface that cost something, from one network"
                    + " address")
            .live(anew)
            .orElse("100/10s");
    var exempt =
        section.list("exempt", cidrBlock(), "whom nothing limits").live(anew).orElse("127.0.0.0/8");
    return () ->
        off
            ? new Limits(Optional.empty(), Optional.empty(), Optional.empty(), exempt.get())
            : new Limits(connects.get(), nonces.get(), requests.get(), exempt.get());
  }

  private Supplier<Admin> admin(Section section) {
    var listen =
        section
            .value(
                "listen",
                listenAddress(),
                "address for `/metrics` ([the list](metrics.md)), `/healthz` and `/readyz`; anybody"
                    + " who reaches it may read")
            .orElse("127.0.0.1:9176");
    Supplier<Path> socket = adminSocket(section);
    var group =
        section
            .value(
                "group",
                group(),
                "whose members may use that socket too, which is all that an operator can do: see"
                    + " [operators.md](operators.md#who-may)")
            .optional();
    return () -> new Admin(listen.get(), socket.get(), group.get());
  }

  private Supplier<Path> adminSocket(Section section) {
    return section
        .value(
            "socket",
            Formats.socket(folder),
            "unix socket for `hourgate sessions`, `watch`, `kill`, `ban` and `reload`; open to root"
                + " and to the user that Hourgate runs as")
        .orElse("/run/hourgate/admin.sock");
  }

  private static Supplier<Log> log(Section section) {
    String next = "from the next line on";
    var format =
        section
            .value(
                "format",
                oneOf(LogFormat.class),
                "`text` for people, `json` for programs: a JSON object in each line. Under systemd"
                    + " either begins with the priority of the line")
            .live(next)
            .orElse("text");
    var level =
        section
            .value(
                "level",
                oneOf(LogLevel.class),
                "lines of less weight are left out, but never those of the audit log")
            .live(next)
            .orElse("info");
    return () -> new Log(format.get(), level.get());
  }
}

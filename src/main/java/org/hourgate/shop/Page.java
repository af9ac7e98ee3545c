package org.hourgate.shop;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.gate.ReasonCode;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.http.Router;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * The page itself: the same for every visitor, with offers and status written into it for those
 * without script. Every value is escaped by the template engine. The files it names are the only
 * ones that are served. Safe for any thread.
 */
final class Page {

  private static final Pattern ASSET = Pattern.compile("\\{\\{asset:([a-z0-9][a-z0-9.-]*)}}");
  private static final String IMPORT = "/openvpn-api/profile";
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";
  private static final Map<String, String> HEADERS =
      Map.of(
          "content-type", "text/html; charset=utf-8",
          "cache-control", "no-cache",
          "content-security-policy", POLICY,
          "cross-origin-opener-policy", "same-origin-allow-popups",
          "permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()");

  private final Supplier<ShopSettings> settings;
  private final GatewayIdentity identity;
  private final GatewayView gateway;
  private final OffersView offers;
  private final TimeSource time;
  private final Template template;
  private final Map<String, Asset> assets;

  private Page(
      Supplier<ShopSettings> settings,
      GatewayIdentity identity,
      GatewayView gateway,
      OffersView offers,
      TimeSource time,
      Template template,
      Map<String, Asset> assets) {
    this.settings = settings;
    this.identity = identity;
    this.gateway = gateway;
    this.offers = offers;
    this.time = time;
    this.template = template;
    this.assets = assets;
  }

  /** Reads the page and its files; empty if it was not built. Blocks. */
  static Optional<Page> read(
      Supplier<ShopSettings> settings,
      GatewayIdentity identity,
      GatewayView gateway,
      OffersView offers,
      TimeSource time) {
    return Asset.bytes("index.html")
        .map(
            bytes -> {
              Map<String, Asset> assets = new LinkedHashMap<>();
              Matcher matcher = ASSET.matcher(new String(bytes, StandardCharsets.UTF_8));
              String html =
                  matcher.replaceAll(
                      match -> {
                        String name = match.group(1);
                        Asset asset = Asset.read(name).orElseThrow(() -> missing(name));
                        assets.put(asset.path(), asset);
                        return Matcher.quoteReplacement(asset.path());
                      });
              Template template = Mustache.compiler().defaultValue("").compile(html);
              return new Page(settings, identity, gateway, offers, time, template, assets);
            });
  }

  private static IllegalStateException missing(String name) {
    return new IllegalStateException("the page names a file that was not built: " + name);
  }

  /** Adds the page's addresses. */
  void addTo(Router router) {
    router.on("GET", "/", this::page);
    router.onNames("GET", "/c/", this::page);
    router.on("GET", IMPORT, this::importPage);
    assets.forEach((path, asset) -> router.on("GET", path, asset::immutable));
    Asset.read("favicon.ico").ifPresent(icon -> router.on("GET", "/favicon.ico", icon::renewable));
  }

  private Response page(Request request) {
    return new Response(200, HEADERS, template.execute(values()).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Where an app that imports from a server sends its user, by the name in the header; "external":
   * to the browser where the wallet is (openvpn3 doc/webauth.md, "Web based profile download").
   */
  private Response importPage(Request request) {
    String name = settings.get().name().replaceAll("[^ -~]|,", "").strip();
    return page(request)
        .withHeader("ovpn-webauth", (name.isEmpty() ? "Hourgate" : name) + ",external");
  }

  private Map<String, Object> values() {
    GatewayView.Json state = gateway.now();
    Instant now = time.wallTime();
    Map<String, Object> values = new HashMap<>();
    values.put("name", state.name());
    values.put("publicUrl", state.publicUrl());
    values.put("host", identity.domain());
    values.put("chainId", state.chainId());
    values.put("chainName", settings.get().chain().name());
    values.put("contract", state.contract());
    Optional.ofNullable(state.chain().explorer()).ifPresent(url -> values.put("explorer", url));
    values.put("confirmations", state.confirmations());
    values.put("severalConfirmations", state.confirmations() > 1);
    values.put("ready", state.ready());
    values.put("full", state.reasons().equals(List.of(ReasonCode.OVERLOADED.code())));
    values.put("reasons", state.reasons().stream().map(Page::reason).toList());
    values.put("checkedAt", Instant.ofEpochSecond(now.getEpochSecond()).toString());
    values.put("checkedAtText", CLOCK.format(now));
    values.put("away", away(state.instances()));
    Optional.ofNullable(state.place()).ifPresent(place -> values.put("place", place));
    Optional.ofNullable(state.speed()).ifPresent(speed -> values.put("speed", speed));
    values.put("notes", state.notes());
    settings.get().seller().fiat().ifPresent(rates -> values.put("rates", rates));
    values.put("sellerTells", settings.get().seller().tellsSomething());
    values.put("offersKnown", offers.now().isPresent());
    values.put("offers", offers.now().stream().flatMap(Page::offersOf).toList());
    values.put("deviceDays", settings.get().deviceLifetime().toDays());
    values.put("loginMinutes", settings.get().loginLifetime().toMinutes());
    values.put("sessionsPerWallet", settings.get().sessionsPerWallet());
    values.put("severalSessions", settings.get().sessionsPerWallet() > 1);
    return values;
  }

  private static Map<String, Object> reason(String code) {
    String text =
        switch (code) {
          case "chain_unavailable" -> "The chain can't be read just now.";
          case "clock" -> "The gateway's clock is in doubt.";
          case "overloaded" -> "Every place is taken.";
          case "starting" -> "The VPN server is not ready.";
          default -> "Something is wrong (" + code + ").";
        };
    return Map.of("code", code, "text", text);
  }

  /** {@code , but the server tcp is down}; the script says the same. */
  private static String away(List<GatewayView.Instance> instances) {
    List<String> names =
        instances.stream()
            .filter(instance -> !instance.attached())
            .map(GatewayView.Instance::name)
            .toList();
    return switch (names.size()) {
      case 0 -> "";
      case 1 -> ", but the server " + names.getFirst() + " is down";
      default -> ", but the servers " + String.join(", ", names) + " are down";
    };
  }

  private static Stream<Map<String, Object>> offersOf(List<OffersView.Json> offers) {
    return offers.stream()
        .filter(OffersView.Json::active)
        .sorted(
            Comparator.comparing(OffersView.Json::symbol)
                .thenComparing(offer -> new BigInteger(offer.price())))
        .map(Page::offer);
  }

  private static Map<String, Object> offer(OffersView.Json offer) {
    Map<String, Object> values = new HashMap<>();
    values.put("id", offer.id());
    values.put("title", words(Duration.ofSeconds(offer.duration())));
    values.put("duration", offer.duration());
    values.put("price", amount(offer.price(), offer.decimals()));
    values.put("symbol", offer.symbol());
    Optional.ofNullable(offer.token()).ifPresent(token -> values.put("token", token));
    Optional.ofNullable(offer.fiat()).ifPresent(hint -> values.put("fiat", hint));
    return values;
  }

  /** {@code 1500000000000000000} with 18 decimals is {@code 1.5}. */
  static String amount(String smallestUnits, int decimals) {
    return new BigDecimal(new BigInteger(smallestUnits), decimals)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** {@code 1 hour}, {@code 1 day 12 hours}. */
  static String words(Duration duration) {
    StringBuilder text = new StringBuilder();
    append(text, duration.toDaysPart(), "day");
    append(text, duration.toHoursPart(), "hour");
    append(text, duration.toMinutesPart(), "minute");
    append(text, duration.toSecondsPart(), "second");
    return text.toString().strip();
  }

  private static void append(StringBuilder text, long count, String unit) {
    if (count > 0) {
      text.append(count).append(' ').append(unit).append(count == 1 ? " " : "s ");
    }
  }
}

package org.hourgate.shop;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.http.Router;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * What a connected customer reads at a plain address inside the tunnel: his own end of time, as a
 * page without script and by RFC 8908. He is known by the address his packets come from, which
 * OpenVPN holds every client to (multi.c, {@code multi_process_incoming_link}: "bad source
 * address"); whoever comes from anywhere else is told nothing. Safe for any thread.
 */
final class TunnelPage {

  static final String CAPTIVE = "/captive-portal";

  private static final Duration LAST_MINUTES = Duration.ofMinutes(2);
  private static final int REFRESH_SECONDS = 30;
  private static final int REFRESH_SECONDS_AT_THE_END = 5;
  private static final DateTimeFormatter END =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC on' d MMMM uuuu", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Response STRANGER =
      new Response(
          403,
          Map.of("content-type", "text/plain; charset=utf-8"),
          "This address tells customers who are connected through this VPN how long they are.\n"
              .getBytes(StandardCharsets.UTF_8));

  private final Supplier<ShopSettings> settings;
  private final String publicUrl;
  private final Visitors visitors;
  private final TunnelSessions sessions;
  private final TimeSource time;

  TunnelPage(
      Supplier<ShopSettings> settings,
      String publicUrl,
      Visitors visitors,
      TunnelSessions sessions,
      TimeSource time) {
    this.settings = settings;
    this.publicUrl = publicUrl;
    this.visitors = visitors;
    this.sessions = sessions;
    this.time = time;
  }

  /** The addresses; without the page if it was not built. Blocks. */
  Router routes() {
    Router router = new Router().onAsync("GET", CAPTIVE, request -> own(request, this::captive));
    Asset.bytes("tunnel.html")
        .ifPresent(
            html -> {
              String style = Asset.bytes("app.css").map(TunnelPage::text).orElse("");
              Template template = Mustache.compiler().defaultValue("").compile(text(html));
              Map<String, String> headers =
                  Map.of(
                      "content-type",
                      "text/html; charset=utf-8",
                      "content-security-policy",
                      "default-src 'none'; style-src 'sha256-"
                          + sha256(style)
                          + "'; img-src data:; base-uri 'none'; form-action 'none';"
                          + " frame-ancestors 'none'");
              router.onAsync(
                  "GET",
                  "/",
                  request ->
                      own(
                          request,
                          session ->
                              new Response(
                                  200,
                                  headers,
                                  template
                                      .execute(values(session, style))
                                      .getBytes(StandardCharsets.UTF_8))));
            });
    return router;
  }

  private CompletionStage<Response> own(
      Request request, Function<SessionView, Response> forCustomer) {
    visitors.requireWithinLimits(request);
    return sessions.at(request.source()).thenApply(own -> own.map(forCustomer).orElse(STRANGER));
  }

  /** RFC 8908, 5. */
  private record Captive(
      boolean captive,
      @JsonProperty("user-portal-url") String portal,
      @JsonProperty("seconds-remaining") @Nullable Long secondsRemaining,
      @JsonProperty("can-extend-session") boolean canExtend) {}

  private Response captive(SessionView session) {
    Optional<Duration> left = session.until().map(end -> left(end, time.wallTime()));
    return new Response(
        200,
        Map.of("content-type", "application/captive+json"),
        Json.write(
            new Captive(
                left.filter(Duration::isZero).isPresent(),
                publicUrl,
                left.map(Duration::toSeconds).orElse(null),
                true)));
  }

  private static Duration left(Instant end, Instant now) {
    return now.isBefore(end) ? Duration.between(now, end) : Duration.ZERO;
  }

  private Map<String, Object> values(SessionView session, String style) {
    Instant now = time.wallTime().truncatedTo(ChronoUnit.SECONDS);
    Map<String, Object> values = new HashMap<>();
    values.put("style", style);
    values.put("name", settings.get().name());
    values.put("publicUrl", publicUrl);
    values.put("now", now.toString());
    values.put("nowText", CLOCK.format(now));
    values.put("known", session.until().isPresent());
    values.put("refresh", REFRESH_SECONDS_AT_THE_END);
    session
        .until()
        .ifPresent(
            end -> {
              Duration left = left(end, now);
              values.put("end", end.toString());
              values.put("endText", END.format(end));
              values.put("left", left.isZero() ? null : words(left));
              values.put(
                  "refresh",
                  left.compareTo(LAST_MINUTES) > 0 ? REFRESH_SECONDS : REFRESH_SECONDS_AT_THE_END);
            });
    return values;
  }

  /** Seconds matter only when there are few. */
  private static String words(Duration left) {
    return Page.words(
        left.compareTo(LAST_MINUTES) > 0 ? left.truncatedTo(ChronoUnit.MINUTES) : left);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String sha256(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

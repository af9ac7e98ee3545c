package org.hourgate.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hourgate.infrastructure.http.HttpObserver;

/** Counts what the page's listener answers. Safe for any thread. */
final class HttpMeters implements HttpObserver {

  private static final Duration[] EDGES = Meters.millis(50, 250, 1_000, 5_000);
  private static final String OTHER = "other";
  private static final String NONCE = "/api/nonce";
  private static final String PROFILE = "/api/profile";
  private static final String LINK = "/p/";
  private static final String TUNNEL = "tunnel";
  private static final String PAGE_PROFILE = "/api/me/profile";
  private static final String USER_LOGIN = "/rest/GetUserlogin";
  private static final String AUTO_LOGIN = "/rest/GetAutologin";

  /** All that is worth a series of its own; the page's assets have names of their content. */
  private static final List<String> ROUTES =
      List.of(
          "/",
          "/api/gateway",
          "/api/offers",
          "/api/access",
          NONCE,
          "/api/session",
          "/api/me",
          "/api/me/disconnect",
          "/api/me/history",
          "/api/events",
          PROFILE,
          "/api/import",
          LINK,
          TUNNEL,
          OTHER);

  private final Map<String, Route> routes = new HashMap<>();
  private final Counter nonces;
  private final Counter downloads;
  private final Counter links;

  private record Route(List<Timer> byCode, Counter limited) {}

  HttpMeters(Meters meters) {
    for (String route : ROUTES) {
      List<Timer> byCode =
          List.of("2xx", "3xx", "4xx", "5xx").stream()
              .map(
                  code ->
                      meters.timer(
                          "hourgate.http.request.duration",
                          "How long requests to the page's listener took",
                          EDGES,
                          "route",
                          route,
                          "code",
                          code))
              .toList();
      routes.put(
          route,
          new Route(
              byCode,
              meters.counter(
                  "hourgate.rate.limited", "Requests refused with 429", "route", route)));
    }
    nonces = meters.counter("hourgate.nonces.issued", "Texts handed out to be signed");
    downloads = profiles(meters, "download");
    links = profiles(meters, "link");
  }

  private static Counter profiles(Meters meters, String kind) {
    return meters.counter("hourgate.profiles.issued", "Profiles handed out", "kind", kind);
  }

  /** Of the listeners inside the tunnel, whose addresses are others. */
  HttpObserver insideTheTunnel() {
    return (method, _, status, took) -> answered(method, TUNNEL, status, took);
  }

  @Override
  public void answered(String method, String template, int status, Duration took) {
    String name = routes.containsKey(template) ? template : OTHER;
    Route route = routes.get(name);
    if (route == null) {
      return;
    }
    route.byCode().get(Math.clamp(status / 100 - 2, 0, 3)).record(took);
    if (status == 429) {
      route.limited().increment();
    }
    boolean well = status < 300;
    switch (method + " " + template) {
      case "POST " + NONCE -> count(well, nonces);
      case "POST " + PROFILE, "GET " + PAGE_PROFILE, "GET " + USER_LOGIN, "GET " + AUTO_LOGIN ->
          count(well, downloads);
      case "GET " + LINK -> count(well, links);
      default -> {} // Only counted as a request.
    }
  }

  private static void count(boolean well, Counter counter) {
    if (well) {
      counter.increment();
    }
  }
}

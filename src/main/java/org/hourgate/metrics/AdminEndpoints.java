package org.hourgate.metrics;

import java.util.List;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.Response;
import org.hourgate.infrastructure.http.Router;
import org.jspecify.annotations.Nullable;

/**
 * {@code /healthz}: this process answers, whatever else is broken; a supervisor that restarts us
 * for somebody else's fault would help nobody. {@code /readyz}: 200 if every check is well, else
 * 503.
 */
public final class AdminEndpoints {

  private AdminEndpoints() {}

  /** Makes the routes. */
  public static Router routes(List<HealthCheck> checks, Metrics metrics) {
    List<HealthCheck> all = List.copyOf(checks);
    return new Router()
        .on("GET", "/healthz", request -> Response.json(200, new Alive("ok")))
        .on("GET", "/readyz", request -> readiness(all))
        .onAsync("GET", "/metrics", metrics::page);
  }

  private static Response readiness(List<HealthCheck> checks) {
    List<Entry> entries = checks.stream().map(AdminEndpoints::entry).toList();
    boolean ready = entries.stream().allMatch(Entry::ok);
    return Response.json(ready ? 200 : 503, new Readiness(ready, entries));
  }

  private static Entry entry(HealthCheck check) {
    return switch (check.check()) {
      case HealthCheck.Result.Healthy() -> new Entry(check.name(), true, null, null);
      case HealthCheck.Result.Unhealthy(String code, String detail) ->
          new Entry(check.name(), false, code, detail);
    };
  }

  private record Alive(String status) {}

  private record Readiness(boolean ready, List<Entry> checks) {}

  private record Entry(String name, boolean ok, @Nullable String code, @Nullable String reason) {}
}

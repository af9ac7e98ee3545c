package org.hourgate.shop;

import java.util.List;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;

/** {@code GET /api/gateway}: who we are, and whether a customer can be let in now. */
final class GatewayEndpoint {

  private final String name;
  private final GatewayIdentity identity;
  private final List<HealthCheck> checks;

  GatewayEndpoint(String name, GatewayIdentity identity, List<HealthCheck> checks) {
    this.name = name;
    this.identity = identity;
    this.checks = List.copyOf(checks);
  }

  Response answer(Request request) {
    List<String> reasons =
        checks.stream()
            .map(HealthCheck::check)
            .mapMulti(
                (HealthCheck.Result result, java.util.function.Consumer<String> codes) -> {
                  if (result instanceof HealthCheck.Result.Unhealthy(String code, String _)) {
                    codes.accept(code);
                  }
                })
            .distinct()
            .toList();
    return Response.json(
        200,
        new Answer(
            name,
            identity.chainId(),
            identity.contract().checksummed(),
            identity.uri(),
            reasons.isEmpty(),
            reasons));
  }

  private record Answer(
      String name,
      long chainId,
      String contract,
      String publicUrl,
      boolean ready,
      List<String> reasons) {}
}

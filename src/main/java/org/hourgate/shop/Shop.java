package org.hourgate.shop;

import java.util.List;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.Router;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.TimeSource;

/** Every address of the customers' listener. */
public final class Shop {

  private Shop() {}

  /**
   * Makes the routes.
   *
   * @param checks whether customers can be served; those that fail are told by their reason code
   */
  public static Router routes(
      ShopSettings settings,
      GatewayIdentity identity,
      CredentialAuthority authority,
      SourceLimiter nonces,
      List<HealthCheck> checks,
      TimeSource time) {
    return new Router()
        .on("GET", "/api/gateway", new GatewayEndpoint(settings.name(), identity, checks)::answer)
        .on("POST", "/api/nonce", new NonceEndpoint(settings, authority, nonces, time)::answer);
  }
}

package org.hourgate.shop;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hourgate.chain.Storefront;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.gate.GateControl;
import org.hourgate.gate.InstanceStatus;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.net.SourceLimiter;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * Whom the page asks.
 *
 * @param capacities how many clients an instance has room for, if that is known
 * @param checks what customers of every instance need; those that fail are told by their reason
 *     code
 * @param nonces counts requests for texts to sign
 * @param requests counts other requests that cost something
 * @param signatureWorkers recovers signatures; may refuse when full
 * @param shopThread owns the event streams
 */
public record ShopParts(
    GatewayIdentity identity,
    CredentialAuthority authority,
    EntitlementLedger ledger,
    Storefront storefront,
    GateControl gate,
    Supplier<List<InstanceStatus>> instances,
    Function<String, Optional<Integer>> capacities,
    List<HealthCheck> checks,
    SourceLimiter nonces,
    SourceLimiter requests,
    Executor signatureWorkers,
    SerialExecutor shopThread,
    TimeSource time) {
  public ShopParts {
    checks = List.copyOf(checks);
  }
}

package org.hourgate.entitlement;

import java.time.Instant;
import java.util.List;

/**
 * The chain as the gate sees it.
 *
 * @param fit an endpoint of the right chain with the right contract answers and its head is fresh
 * @param reasons why not, in words for an operator; empty if fit
 * @param headTime the newest block's time stamp, {@link Instant#EPOCH} if none was seen
 * @param headChecked whether {@code headTime} may be compared with the wall clock: false for dev
 *     chains that mine only on demand
 */
public record ChainStatus(
    boolean fit, List<String> reasons, Instant headTime, boolean headChecked) {
  public ChainStatus {
    reasons = List.copyOf(reasons);
  }
}

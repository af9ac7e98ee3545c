package org.hourgate.entitlement;

import java.time.Instant;

/**
 * What the contracts say about one wallet.
 *
 * @param paidUntil the end of the paid time, exclusive; {@link Instant#EPOCH} if it never paid
 * @param credentialsFrom credentials issued at or before this second are revoked; {@link
 *     Instant#EPOCH} if none was
 */
public record Entitlement(Instant paidUntil, Instant credentialsFrom) {
  public static final Entitlement NONE = new Entitlement(Instant.EPOCH, Instant.EPOCH);
}

/**
 * Who has paid until when, as the gate sees it. The truth is the chain's; this package is the
 * question and the answer, not the way to it.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.entitlement.EntitlementLedger}.
 *
 * <p><b>May depend on:</b> {@code credential} (wallet addresses).
 */
@NullMarked
package org.hourgate.entitlement;

import org.jspecify.annotations.NullMarked;

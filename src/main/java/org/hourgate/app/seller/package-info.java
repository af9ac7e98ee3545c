/**
 * The seller's commands: deploy the contract, list and change products, grant, refund, pause, take
 * the money. Each says what it will do and what that costs before it sends a transaction.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.seller.DeployCommand}, {@link
 * org.hourgate.app.seller.SendOption}, {@link org.hourgate.app.seller.Plan}.
 *
 * <p><b>May depend on:</b> everything but the rest of {@code app}; of that {@code app.cli} and
 * {@code app.config}.
 */
@NullMarked
package org.hourgate.app.seller;

import org.jspecify.annotations.NullMarked;

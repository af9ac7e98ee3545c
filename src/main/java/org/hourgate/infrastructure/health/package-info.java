/**
 * Whether a part of this process can do its work, as the parts say themselves.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.health.HealthCheck}.
 *
 * <p><b>May depend on:</b> nothing of ours.
 */
@NullMarked
package org.hourgate.infrastructure.health;

import org.jspecify.annotations.NullMarked;

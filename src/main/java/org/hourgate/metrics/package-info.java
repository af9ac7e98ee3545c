/**
 * The operator's listener: whether the process lives and whether it can serve.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.metrics.AdminEndpoints}.
 *
 * <p><b>May depend on:</b> {@code infrastructure}.
 */
@NullMarked
package org.hourgate.metrics;

import org.jspecify.annotations.NullMarked;

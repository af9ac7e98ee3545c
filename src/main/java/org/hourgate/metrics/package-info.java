/**
 * The operator's listener: whether the process lives, whether it can serve, and how it does, in
 * numbers. Counts what other packages tell or show; they know no meters ({@code chain} alone has
 * its own). The list, which is an agreement with boards and alerts, is docs/metrics.md.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.metrics.Metrics}, {@link
 * org.hourgate.metrics.AdminEndpoints}.
 *
 * <p><b>May depend on:</b> {@code gate}, {@code management}, {@code infrastructure}.
 */
@NullMarked
package org.hourgate.metrics;

import org.jspecify.annotations.NullMarked;

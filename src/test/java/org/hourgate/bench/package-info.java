/**
 * Measurements, run by {@code bench/run.sh}: no tests, because a test that depends on speed fails
 * on a slow day. What the figures mean is in docs/benchmarks.md.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.bench.Benchmarks}.
 *
 * <p><b>May depend on:</b> everything.
 */
@NullMarked
package org.hourgate.bench;

import org.jspecify.annotations.NullMarked;

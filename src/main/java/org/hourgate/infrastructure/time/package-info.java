/**
 * Time and threads as constructor arguments: a wall clock, a monotonic clock, and an executor that
 * runs one task after another.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.time.TimeSource}, {@link
 * org.hourgate.infrastructure.time.SerialExecutor}.
 *
 * <p><b>May depend on:</b> nothing of ours.
 */
@NullMarked
package org.hourgate.infrastructure.time;

import org.jspecify.annotations.NullMarked;

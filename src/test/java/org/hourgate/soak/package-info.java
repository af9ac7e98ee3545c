/**
 * A long day at a gate, shortened: whether what it holds of memory, files and threads grows while
 * customers come and go and things break around it. {@code bench/soak.sh} is the way in.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.soak.Soak}.
 *
 * <p><b>May depend on:</b> everything.
 */
@NullMarked
package org.hourgate.soak;

import org.jspecify.annotations.NullMarked;

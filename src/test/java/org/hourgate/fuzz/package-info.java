/**
 * Coverage-guided fuzzing of everything that reads what others wrote. A {@link
 * org.hourgate.fuzz.FuzzTarget} lives in the package of what it tries and throws when a property is
 * broken; its seeds are made of recorded streams and of what our own code writes. {@code
 * bench/fuzz.sh} runs it for as long as one likes.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.fuzz.Targets}, {@link
 * org.hourgate.fuzz.FuzzProcess}.
 *
 * <p><b>May depend on:</b> everything.
 */
@NullMarked
package org.hourgate.fuzz;

import org.jspecify.annotations.NullMarked;

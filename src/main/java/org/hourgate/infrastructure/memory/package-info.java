/**
 * What the process keeps of the machine's memory.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.memory.OldGarbage}.
 *
 * <p><b>May depend on:</b> {@code infrastructure.time}.
 */
@NullMarked
package org.hourgate.infrastructure.memory;

import org.jspecify.annotations.NullMarked;

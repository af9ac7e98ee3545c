/**
 * The event loops that our own listeners share.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.netty.EventLoops}.
 *
 * <p><b>May depend on:</b> nothing of ours.
 */
@NullMarked
package org.hourgate.infrastructure.netty;

import org.jspecify.annotations.NullMarked;

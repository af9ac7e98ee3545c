/**
 * Small things about network addresses: blocks of them, and how many requests one source may make.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.net.SourceLimiter}.
 *
 * <p><b>May depend on:</b> {@code infrastructure.time}.
 */
@NullMarked
package org.hourgate.infrastructure.net;

import org.jspecify.annotations.NullMarked;

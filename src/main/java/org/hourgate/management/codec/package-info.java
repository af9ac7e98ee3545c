/**
 * Bytes to records and back: framing at LF, one message per line or {@code >CLIENT:} block, quoting
 * by the rules of OpenVPN's lexer. Knows nothing of which command a reply belongs to.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.management.codec.ManagementDecoder}, {@link
 * org.hourgate.management.codec.CommandEncoder}.
 *
 * <p><b>May depend on:</b> {@code management}, Netty's buffers and codec base.
 */
@NullMarked
package org.hourgate.management.codec;

import org.jspecify.annotations.NullMarked;

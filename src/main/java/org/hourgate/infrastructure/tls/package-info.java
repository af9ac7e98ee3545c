/**
 * The certificate of our own listener: an operator's, or one we make ourselves.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.tls.ServerTls}.
 *
 * <p><b>May depend on:</b> {@code infrastructure.time}.
 */
@NullMarked
package org.hourgate.infrastructure.tls;

import org.jspecify.annotations.NullMarked;

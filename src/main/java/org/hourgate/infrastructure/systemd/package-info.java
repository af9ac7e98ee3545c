/**
 * What systemd is told by the service it started: that it is ready, how it is, that it still works
 * (sd_notify(3)). Nothing happens where nobody asks for it by {@code NOTIFY_SOCKET}.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.infrastructure.systemd.ServiceManager}.
 *
 * <p><b>May depend on:</b> {@code infrastructure.netty}, {@code infrastructure.time}.
 */
@NullMarked
package org.hourgate.infrastructure.systemd;

import org.jspecify.annotations.NullMarked;

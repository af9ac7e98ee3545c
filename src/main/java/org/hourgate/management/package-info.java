/**
 * OpenVPN's management protocol as plain records: what the daemon says ({@code Notification},
 * {@code Reply}) and what a controller says ({@code Command}). No bytes, no sockets, no policy.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.management.Notification}, {@link
 * org.hourgate.management.Command}, {@link org.hourgate.management.ManagementConnection}.
 *
 * <p><b>May depend on:</b> nothing of ours.
 */
@NullMarked
package org.hourgate.management;

import org.jspecify.annotations.NullMarked;

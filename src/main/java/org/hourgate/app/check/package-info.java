/**
 * What can be wrong around us, found before a customer does: OpenVPN's settings, its management
 * socket, the nodes, the rights of files. Looks only, changes nothing.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.check.Inspection}, {@link
 * org.hourgate.app.check.OpenVpnConfigLint}.
 *
 * <p><b>May depend on:</b> everything but the rest of {@code app}; of that {@code app.config}.
 */
@NullMarked
package org.hourgate.app.check;

import org.jspecify.annotations.NullMarked;

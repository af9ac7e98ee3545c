/**
 * What can be wrong around us, found before a customer does: OpenVPN's settings, its management
 * socket, the nodes, ports, certificates, the rights of files, the clock. Looks only, changes
 * nothing. What the settings of OpenVPN can get wrong is data, one class for each family.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.check.Inspection}, {@link
 * org.hourgate.app.check.LintRules}, {@link org.hourgate.app.check.FindingCode}.
 *
 * <p><b>May depend on:</b> everything but the rest of {@code app}; of that {@code app.config}.
 */
@NullMarked
package org.hourgate.app.check;

import org.jspecify.annotations.NullMarked;

/**
 * The command line and the composition root: reads the configuration, makes every part and wires
 * them. Nothing imports it.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.Main}.
 *
 * <p><b>May depend on:</b> everything.
 */
@NullMarked
package org.hourgate.app;

import org.jspecify.annotations.NullMarked;

/**
 * The command line and the composition root: reads the configuration, makes every part and wires
 * them. Nothing outside of {@code app} imports it.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.app.Main}, {@link
 * org.hourgate.app.HourgateServer}; the commands of the seller and of the operator are in {@code
 * app.seller} and {@code app.operator}.
 *
 * <p><b>May depend on:</b> everything.
 */
@NullMarked
package org.hourgate.app;

import org.jspecify.annotations.NullMarked;

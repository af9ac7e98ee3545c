/**
 * The customers' page in a real browser, before a real gate with a chain and an OpenVPN server. The
 * wallet is scripted; everything else is what customers have.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.page.Visitor}, {@link
 * org.hourgate.page.TestWallet}.
 *
 * <p><b>May depend on:</b> everything; the gate only from outside.
 */
@NullMarked
package org.hourgate.page;

import org.jspecify.annotations.NullMarked;

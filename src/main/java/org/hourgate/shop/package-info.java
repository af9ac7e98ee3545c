/**
 * The customers' side over HTTP: who we are, and the text that a wallet signs to get in. Knows what
 * the gate knows; changes nothing there.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.shop.Shop}.
 *
 * <p><b>May depend on:</b> {@code credential}, {@code entitlement}, {@code gate}, {@code
 * infrastructure}.
 */
@NullMarked
package org.hourgate.shop;

import org.jspecify.annotations.NullMarked;

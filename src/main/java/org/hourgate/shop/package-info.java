/**
 * The customers' side over HTTP: what is for sale, who is who, whose time ends when, and the ready
 * profile; and the business, for the contract's owner. Knows what the gate and the chain know; all
 * it changes there is that a customer ends a connection or profile of his own, and the owner
 * anybody's. {@code docs/http.md} says the same to people who write programs.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.shop.Shop}.
 *
 * <p><b>May depend on:</b> {@code chain} (what is for sale and was bought), {@code credential},
 * {@code entitlement}, {@code gate}, {@code management} (client ids), {@code infrastructure}.
 */
@NullMarked
package org.hourgate.shop;

import org.jspecify.annotations.NullMarked;

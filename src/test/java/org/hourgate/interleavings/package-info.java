/**
 * The gate's steps in every order. The real gate, session tracker, decoder and command queue run
 * without threads: a scheduler decides at each point who goes on, the gate's thread, the event
 * loop, a signature worker, the chain, OpenVPN, an operator or time. Small stories are tried in all
 * orders that there are, large ones at random.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.interleavings.Explorer}, {@link
 * org.hourgate.interleavings.World}.
 *
 * <p><b>May depend on:</b> everything.
 */
@NullMarked
package org.hourgate.interleavings;

import org.jspecify.annotations.NullMarked;

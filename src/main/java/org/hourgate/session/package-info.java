/**
 * Turns notifications into session events, and reads from OpenVPN's status and log who was there
 * before we were. Keeps no list of sessions: that is the gate's.
 *
 * <p><b>Starting points:</b> {@code SessionTracker}, {@code SessionEvent}.
 *
 * <p><b>May depend on:</b> {@code management}.
 */
@NullMarked
package org.hourgate.session;

import org.jspecify.annotations.NullMarked;

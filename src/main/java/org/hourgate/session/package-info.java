/**
 * Turns notifications into session events, keeps the registry of live sessions, and learns them
 * again after a restart of either side.
 *
 * <p><b>Starting points:</b> {@code SessionTracker}, {@code SessionEvent}.
 *
 * <p><b>May depend on:</b> {@code management}, {@code credential}, {@code infrastructure.time}.
 */
@NullMarked
package org.hourgate.session;

import org.jspecify.annotations.NullMarked;

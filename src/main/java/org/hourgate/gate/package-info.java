/**
 * Verdicts, expiry, one session per wallet: the domain code that sends commands. All state lives on
 * one serial executor.
 *
 * <p><b>Starting points:</b> {@code Gate}.
 *
 * <p><b>May depend on:</b> {@code session}, {@code credential}, {@code entitlement}, {@code
 * management}, {@code infrastructure}.
 */
@NullMarked
package org.hourgate.gate;

import org.jspecify.annotations.NullMarked;

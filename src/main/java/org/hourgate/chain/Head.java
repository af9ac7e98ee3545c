package org.hourgate.chain;

import java.time.Instant;

/** The newest block that was followed. */
public record Head(long number, Instant time) {}

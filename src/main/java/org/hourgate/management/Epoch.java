package org.hourgate.management;

/**
 * One life of one OpenVPN server context on one management connection; {@code CID}s mean something
 * only within it. Numbers rise over the life of this process and are never used twice by one
 * instance.
 */
public record Epoch(long number) {}

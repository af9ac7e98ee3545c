package org.hourgate.chain;

import java.time.Instant;

/** What the watcher needs of a block. Hashes are {@code 0x} and 64 lower-case digits. */
record BlockHeader(long number, String hash, String parentHash, Instant time) {}

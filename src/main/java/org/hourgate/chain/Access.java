package org.hourgate.chain;

/** One contract's entry for one wallet: two unix seconds, 0 if never. */
record Access(long paidUntil, long credentialsFrom) {}

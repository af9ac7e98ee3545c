package org.hourgate.management.fake;

import java.time.Duration;
import java.util.Optional;

/** How the daemon was set up. */
record Settings(
    boolean hold,
    boolean scripted,
    boolean virtualTime,
    boolean duplicateCommonNames,
    boolean externalTokens,
    int envFilter,
    Optional<String> password,
    Duration disconnectDelay,
    Duration establishDelay,
    Duration handWindow,
    Optional<Duration> renegotiateEvery,
    int logCache) {}

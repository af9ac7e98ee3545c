package org.hourgate.gate;

import java.util.Optional;

/**
 * What became of the end of a ban.
 *
 * @param lifted the ban; empty if there was none
 * @param kept false if it could not be written down: a restart before it is would ban again
 */
public record UnbanResult(Optional<Ban> lifted, boolean kept) {}

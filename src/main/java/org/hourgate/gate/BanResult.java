package org.hourgate.gate;

/**
 * What became of a ban.
 *
 * @param ended the wallet's sessions
 * @param kept false if it could not be written down: it holds now, and is tried to be written again
 *     every second, but a restart before that forgets it
 */
public record BanResult(KillResult ended, boolean kept) {}

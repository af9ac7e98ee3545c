package org.hourgate.gate;

/**
 * What became of a kill.
 *
 * @param cut sessions that were found and whose cut was written; 0 means nobody was meant
 * @param confirmed how many of them OpenVPN reported as ended
 */
public record KillResult(int cut, int confirmed) {}

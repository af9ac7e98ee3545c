package org.hourgate.gate;

/** How many costly checks one network address may ask for. Called on the gate's thread. */
public interface SourceLimiter {

  /** Returns whether this address may ask for one more now, and counts it. */
  boolean tryAcquire(String sourceAddress);
}

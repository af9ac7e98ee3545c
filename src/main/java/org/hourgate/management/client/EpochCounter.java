package org.hourgate.management.client;

import org.hourgate.management.Epoch;

/** The present epoch of one client; no number is used twice. Event loop only. */
final class EpochCounter {

  private Epoch current = new Epoch(0);

  Epoch current() {
    return current;
  }

  Epoch next() {
    current = new Epoch(current.number() + 1);
    return current;
  }
}

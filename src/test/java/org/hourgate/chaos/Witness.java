package org.hourgate.chaos;

import java.util.concurrent.TimeUnit;

/**
 * Writes down when this machine stood still: a gate that had no processor in that time is not to
 * blame for what it did not do. It sleeps for a moment again and again, and wakes up late then.
 */
final class Witness {

  private static final long MOMENT = 20;

  /** Less is what a busy machine always has. */
  private static final long STILL = 250;

  private final Chronicle chronicle;

  Witness(Chronicle chronicle) {
    this.chronicle = chronicle;
  }

  /** Looks once. */
  void look() throws InterruptedException {
    long from = chronicle.now();
    TimeUnit.MILLISECONDS.sleep(MOMENT);
    tell(from, chronicle.now());
  }

  /** It was to last a moment. */
  void tell(long from, long to) {
    if (to - from > STILL) {
      chronicle.add(new Fact.StoodStill(from, true));
      chronicle.add(new Fact.StoodStill(to, false));
    }
  }
}

package org.hourgate.chaos;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Waits for a message on its way, and holds it there until it is released. Springs once. Safe for
 * any thread.
 */
final class Trap {

  /** Nothing is held for longer, whatever becomes of the driver. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Predicate<Message> fits;
  private final CountDownLatch sprung = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  Trap(Predicate<Message> fits) {
    this.fits = fits;
  }

  /** Whether this is the message it waits for; on the thread that carries it. */
  boolean takes(Message message) {
    if (sprung.getCount() == 0 || !fits.test(message)) {
      return false;
    }
    spring();
    return true;
  }

  void spring() {
    sprung.countDown();
  }

  void awaitRelease() throws InterruptedException {
    var _ = released.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Returns whether it has sprung in time. */
  boolean await(Duration timeout) throws InterruptedException {
    return sprung.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  void release() {
    sprung.countDown(); // Nothing more is taken.
    released.countDown();
  }
}

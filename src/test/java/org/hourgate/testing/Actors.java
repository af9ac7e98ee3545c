package org.hourgate.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Threads that do something again and again until a run is over. The first that fails ends the run,
 * and is what {@link #close} throws. Safe for any thread.
 */
public final class Actors implements AutoCloseable {

  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  /** What is done each time. */
  public interface Act {
    void once() throws Exception;
  }

  /** Begins to act, with a pause before each time. */
  public void start(String name, Duration pause, Act act) {
    threads.add(
        Thread.ofPlatform()
            .name(name)
            .start(
                () -> {
                  try {
                    while (goesOn(pause)) {
                      act.once();
                    }
                  } catch (Exception | Error e) {
                    fail(e);
                  }
                }));
  }

  /** Ends the run. */
  public void fail(Throwable failure) {
    synchronized (failures) {
      failures.add(failure);
    }
    over.countDown();
  }

  /** Waits; returns whether the run goes on. */
  public boolean goesOn(Duration pause) throws InterruptedException {
    return !over.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the run, and waits for all. */
  @Override
  public void close() {
    over.countDown();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail(e);
      }
    }
    synchronized (failures) {
      if (!failures.isEmpty()) {
        throw new IllegalStateException(failures.size() + " failures", failures.getFirst());
      }
    }
  }
}

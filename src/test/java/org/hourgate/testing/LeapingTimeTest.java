package org.hourgate.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class LeapingTimeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Set<Thread.State> WAITING_OR_GONE =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

  @Test
  void nothingRunsAnyMoreOnceItIsClosed() throws InterruptedException {
    LeapingTime time = new LeapingTime();
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean doneAtTheEnd = new AtomicBoolean();
    Thread closer =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  time.close();
                  doneAtTheEnd.set(done.get());
                });
    time.execute(
        () -> {
          begun.countDown();
          await().atMost(PATIENCE).until(() -> WAITING_OR_GONE.contains(closer.getState()));
          done.set(true);
        });
    begun.await();

    closer.start();
    closer.join();

    assertThat(doneAtTheEnd).isTrue();
  }
}

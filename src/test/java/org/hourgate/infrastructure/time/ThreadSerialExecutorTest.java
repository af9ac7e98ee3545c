package org.hourgate.infrastructure.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadSerialExecutorTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration LATER = Duration.ofHours(1);

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final ThreadSerialExecutor executor = new ThreadSerialExecutor("test", failures::add);

  @AfterEach
  void close() {
    executor.close();
  }

  @Test
  void runsTheTasksOfEachThreadInTheirOrderAndNeverTwoAtATime() throws Exception {
    int threads = 4;
    int tasks = 20_000;
    List<List<Integer>> seen =
        IntStream.range(0, threads).<List<Integer>>mapToObj(_ -> new ArrayList<>()).toList();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    List<Thread> senders =
        seen.stream()
            .map(
                list ->
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              for (int i = 0; i < tasks; i++) {
                                int number = i;
                                executor.execute(
                                    () -> {
                                      overlaps.addAndGet(running.getAndIncrement());
                                      list.add(number); // Not safe for two threads, on purpose.
                                      running.decrementAndGet();
                                    });
                              }
                            }))
            .toList();
    for (Thread sender : senders) {
      sender.join();
    }
    finish();

    assertThat(overlaps).hasValue(0);
    List<Integer> all = IntStream.range(0, tasks).boxed().toList();
    assertThat(seen).allMatch(all::equals);
  }

  @Test
  void wakesUpForEachTaskThatComesWhileItSleeps() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      finish(); // Comes back only if the task is seen, however close to falling asleep it came.
    }
  }

  @Test
  void runsTimersInTheOrderOfTheirTimes() throws Exception {
    List<String> order = new ArrayList<>();
    AtomicLong took = new AtomicLong(Long.MAX_VALUE);
    // Made with a pause in between, a later timer may be due before one made earlier.
    while (took.get() > Duration.ofMillis(5).toNanos()) {
      order.clear();
      CountDownLatch done = new CountDownLatch(3);
      executor.execute(
          () -> {
            long begun = System.nanoTime();
            timer(20, "third", order, done);
            timer(10, "first", order, done);
            timer(15, "second", order, done);
            took.set(System.nanoTime() - begun);
          });
      assertThat(done.await(1, TimeUnit.MINUTES)).isTrue();
    }

    assertThat(order).containsExactly("first", "second", "third");
  }

  private void timer(int millis, String name, List<String> order, CountDownLatch done) {
    executor.schedule(
        Duration.ofMillis(millis),
        () -> {
          order.add(name);
          done.countDown();
        });
  }

  @Test
  void runsATimerBeforeTasksThatCameAfterItsTime() throws Exception {
    List<String> order = new ArrayList<>();
    executor.execute(
        () -> {
          executor.schedule(Duration.ofNanos(1), () -> order.add("timer"));
          executor.execute(() -> order.add("task"));
        });
    finish();

    assertThat(order).containsExactly("timer", "task");
  }

  @Test
  void neverRunsATimerBeforeItsTime() throws Exception {
    long begun = System.nanoTime();
    CountDownLatch done = new CountDownLatch(1);
    executor.schedule(Duration.ofMillis(30), done::countDown);

    assertThat(done.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(30_000_000);
  }

  @Test
  void aCancelledTimerNeverRuns() throws Exception {
    List<String> order = new ArrayList<>();
    CountDownLatch cancelled = new CountDownLatch(1);
    executor.execute(() -> awaitUninterruptibly(cancelled)); // Its time comes no earlier.
    SerialExecutor.Timer fromOutside =
        executor.schedule(Duration.ofMillis(5), () -> order.add("outside"));
    fromOutside.cancel();
    cancelled.countDown();
    executor.execute(() -> executor.schedule(Duration.ZERO, () -> order.add("inside")).cancel());
    CountDownLatch later = new CountDownLatch(1);
    executor.schedule(Duration.ofMillis(10), later::countDown);

    assertThat(later.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(order).isEmpty();
  }

  @Test
  void aLongDelayKeepsNothingElseWaiting() throws Exception {
    executor.schedule(Duration.ofDays(100_000), () -> failures.add(new AssertionError("ran")));
    executor.schedule(LATER, () -> failures.add(new AssertionError("ran")));
    finish();

    assertThat(failures).isEmpty();
  }

  @Test
  void aTaskThatThrowsIsReportedAndTheNextOneRuns() throws Exception {
    IllegalStateException failure = new IllegalStateException("of the task");
    executor.execute(
        () -> {
          throw failure;
        });
    finish();

    assertThat(failures).containsExactly(failure);
  }

  @Test
  void aHandlerThatThrowsDoesNotEndTheThread() throws Exception {
    Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    try (ThreadSerialExecutor fragile =
        new ThreadSerialExecutor(
            "fragile",
            failure -> {
              throw new IllegalStateException("of the handler", failure);
            })) {
      fragile.execute(
          () -> {
            Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.add(e));
            throw new IllegalStateException("of the task");
          });
      CountDownLatch done = new CountDownLatch(1);
      fragile.execute(done::countDown);

      assertThat(done.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(uncaught)
          .singleElement()
          .extracting(Throwable::getMessage)
          .isEqualTo("of the handler");
    }
  }

  @Test
  void whatComesAfterTheEndIsDropped() {
    List<String> ran = new ArrayList<>();
    Thread[] thread = new Thread[1];
    executor.execute(() -> thread[0] = Thread.currentThread());
    await().atMost(PATIENCE).until(() -> thread[0] != null);
    executor.schedule(LATER, () -> ran.add("timer"));
    executor.close();
    executor.execute(() -> ran.add("task"));

    await().atMost(PATIENCE).until(() -> !thread[0].isAlive());
    assertThat(ran).isEmpty();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void finish() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    executor.execute(done::countDown);
    assertThat(done.await(1, TimeUnit.MINUTES)).isTrue();
  }
}

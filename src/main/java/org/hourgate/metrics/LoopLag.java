package org.hourgate.metrics;

import io.micrometer.core.instrument.Timer;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;

/** Puts a task into a thread's queue each second and measures how late it runs. */
final class LoopLag {

  private static final Duration EVERY = Duration.ofSeconds(1);

  private LoopLag() {}

  static void measure(Timer lag, SerialExecutor thread, TimeSource time) {
    long due = time.nanoTime() + EVERY.toNanos();
    thread.schedule(
        EVERY,
        () -> {
          measure(lag, thread, time);
          record(lag, time.nanoTime() - due);
        });
  }

  static void measure(Timer lag, EventLoopGroup loops, TimeSource time) {
    for (ScheduledExecutorService loop : loops) {
      measure(lag, loop, time);
    }
  }

  static void measure(Timer lag, ScheduledExecutorService loop, TimeSource time) {
    if (loop.isShutdown()) {
      return;
    }
    long due = time.nanoTime() + EVERY.toNanos();
    var _ =
        loop.schedule(
            () -> {
              measure(lag, loop, time);
              record(lag, time.nanoTime() - due);
            },
            EVERY.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private static void record(Timer lag, long nanos) {
    lag.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }
}

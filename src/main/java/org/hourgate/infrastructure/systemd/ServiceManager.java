package org.hourgate.infrastructure.systemd;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hourgate.infrastructure.time.SerialExecutor;
import org.hourgate.infrastructure.time.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The systemd that started this process, if it did. It hears {@code WATCHDOG=1} only after every
 * loop of the service has run a task since the last time: one loop that hangs is enough for the
 * watchdog to end the process. Until the service is ready the same proof extends the time it has
 * for its start, so that waiting for others may take as long as it takes. Safe for any thread that
 * may wait; loops only count.
 */
public final class ServiceManager {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(10);
  private static final Duration MORE_TIME_TO_START = Duration.ofSeconds(60);
  private static final int ROUNDS_PER_WATCHDOG = 4;

  private enum State {
    STARTING,
    READY,
    ENDING
  }

  private final Optional<? extends Consumer<String>> socket;
  private final Optional<Duration> watchdog;
  private final SerialExecutor thread;
  private final TimeSource time;
  private State state = State.STARTING;
  private Optional<Supplier<String>> condition = Optional.empty();

  private ServiceManager(
      Optional<? extends Consumer<String>> socket,
      Optional<Duration> watchdog,
      SerialExecutor thread,
      TimeSource time) {
    this.socket = socket;
    this.watchdog = watchdog;
    this.thread = thread;
    this.time = time;
  }

  /**
   * Reads what systemd wants to know from the environment it gave.
   *
   * @param pid this process: a watchdog may be meant for another one
   * @param thread paces the messages
   */
  public static ServiceManager from(
      Map<String, String> environment, long pid, SerialExecutor thread, TimeSource time) {
    Optional<NotifySocket> socket =
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")).flatMap(NotifySocket::to);
    return new ServiceManager(socket, watchdog(environment, pid), thread, time);
  }

  /** One that is told everything, for tests. */
  static ServiceManager of(
      Consumer<String> socket,
      Optional<Duration> watchdog,
      SerialExecutor thread,
      TimeSource time) {
    return new ServiceManager(Optional.of(socket), watchdog, thread, time);
  }

  private static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
    String meant = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    String micros = environment.get("WATCHDOG_USEC");
    if (micros == null || !meant.equals(Long.toString(pid))) {
      return Optional.empty();
    }
    try {
      return Optional.of(Duration.ofNanos(Math.multiplyExact(Long.parseLong(micros), 1000L)))
          .filter(Duration::isPositive);
    } catch (NumberFormatException | ArithmeticException e) {
      LOG.warn("WATCHDOG_USEC={} is no number of microseconds: there is no watchdog", micros);
      return Optional.empty();
    }
  }

  /**
   * Begins to prove again and again that the loops turn, and to tell how the service is.
   *
   * @param loops what runs a task as soon as it can
   * @param status one line for people; asked on this manager's thread, and by {@link #ready}
   */
  public synchronized void watch(List<? extends Executor> loops, Supplier<String> status) {
    condition = Optional.of(status);
    if (socket.isPresent()) {
      thread.execute(() -> round(List.copyOf(loops), status));
    }
  }

  private void round(List<Executor> loops, Supplier<String> status) {
    AtomicInteger missing = new AtomicInteger(loops.size());
    Runnable turned =
        () -> {
          if (missing.decrementAndGet() == 0) {
            thread.execute(() -> proven(loops, status));
          }
        };
    loops.forEach(loop -> loop.execute(turned));
  }

  private void proven(List<Executor> loops, Supplier<String> status) {
    synchronized (this) {
      String line = line(status);
      switch (state) {
        case STARTING -> tell(line, "WATCHDOG=1", "EXTEND_TIMEOUT_USEC=" + micros(moreTime()));
        case READY -> tell(line, "WATCHDOG=1");
        case ENDING -> {
          return;
        }
      }
    }
    thread.schedule(pause(), () -> round(loops, status));
  }

  private Duration pause() {
    return watchdog
        .map(limit -> limit.dividedBy(ROUNDS_PER_WATCHDOG))
        .filter(pause -> pause.compareTo(LONGEST_ROUND) < 0)
        .orElse(LONGEST_ROUND);
  }

  private Duration moreTime() {
    return watchdog
        .filter(limit -> limit.compareTo(MORE_TIME_TO_START) > 0)
        .orElse(MORE_TIME_TO_START);
  }

  /** The service does its work from now on. */
  public synchronized void ready() {
    if (state == State.STARTING) {
      state = State.READY;
      tell(Stream.concat(Stream.of("READY=1"), condition.map(ServiceManager::line).stream()));
    }
  }

  /** Does something that changes the configuration, and says so as long as it takes. */
  public <T> T reloading(Supplier<T> change) {
    tellIfReady("RELOADING=1", "MONOTONIC_USEC=" + time.nanoTime() / 1000);
    try {
      return change.get();
    } finally {
      tellIfReady("READY=1");
    }
  }

  /** {@code READY=1} of a reload would be taken for that of the start. */
  private synchronized void tellIfReady(String... assignments) {
    if (state == State.READY) {
      tell(assignments);
    }
  }

  /** The service is about to end; nothing is told from then on. */
  public synchronized void ending() {
    if (state != State.ENDING) {
      state = State.ENDING;
      tell("STOPPING=1", "STATUS=Ending; sessions go on");
    }
  }

  private void tell(String... assignments) {
    tell(Stream.of(assignments));
  }

  private void tell(Stream<String> assignments) {
    socket.ifPresent(manager -> manager.accept(assignments.collect(Collectors.joining("\n"))));
  }

  private static String line(Supplier<String> status) {
    return "STATUS=" + status.get().replaceAll("\\p{Cntrl}", " ");
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }
}

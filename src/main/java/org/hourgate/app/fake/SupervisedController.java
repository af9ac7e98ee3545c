package org.hourgate.app.fake;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A controller that is started again whenever it ends, as a service manager does, until this is
 * closed.
 */
final class SupervisedController implements AutoCloseable {

  private static final long PAUSE_MILLIS = 200;
  private static final long SECONDS_TO_END = 5;

  private final String command;
  private final File log;
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable Process process;
  private final AtomicInteger ends = new AtomicInteger();

  /**
   * Starts it.
   *
   * @param command for {@code sh}
   * @param log where its output is appended
   */
  SupervisedController(String command, File log) {
    this.command = command;
    this.log = log;
    thread = Thread.ofPlatform().daemon().name("controller").start(this::run);
  }

  private void run() {
    while (!closed) {
      try {
        Process started =
            new ProcessBuilder("sh", "-c", "exec " + command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        process = started;
        if (closed) {
          started.destroy();
        }
        started.waitFor();
        if (!closed) {
          var _ = ends.incrementAndGet();
          Thread.sleep(PAUSE_MILLIS);
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** How often it has ended by itself. */
  int ends() {
    return ends.get();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroy();
    try {
      if (!running.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running.destroyForcibly();
    }
  }
}

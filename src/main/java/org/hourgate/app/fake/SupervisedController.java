package org.hourgate.app.fake;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
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
  private volatile int lastExitCode;

  /** A signal ends the program, and shall not leave the controller behind. */
  private final Thread hook =
      Thread.ofPlatform()
          .unstarted(
              () -> {
                closed = true;
                Process running = process;
                if (running != null) {
                  var _ = destroy(running);
                }
              });

  /**
   * Starts it.
   *
   * @param command for {@code sh}
   * @param log where its output is appended
   */
  SupervisedController(String command, File log) {
    this.command = command;
    this.log = log;
    Runtime.getRuntime().addShutdownHook(hook);
    thread = Thread.ofPlatform().daemon().name("controller").start(this::run);
  }

  private void run() {
    while (!closed) {
      try {
        Process started =
            new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        process = started;
        if (closed) {
          var _ = destroy(started);
        }
        lastExitCode = started.waitFor();
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

  /** What its last end was: 127 is a command that there is not. */
  int lastExitCode() {
    return lastExitCode;
  }

  /** With all that its shell has started. */
  private static List<ProcessHandle> destroy(Process running) {
    List<ProcessHandle> all =
        Stream.concat(running.descendants(), Stream.of(running.toHandle())).toList();
    all.forEach(ProcessHandle::destroy);
    return all;
  }

  @Override
  public void close() {
    closed = true;
    try {
      var _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is about to run.
    }
    thread.interrupt();
    Process running = process;
    if (running == null) {
      return;
    }
    List<ProcessHandle> all = destroy(running);
    try {
      var _ =
          CompletableFuture.allOf(
                  all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
              .get(SECONDS_TO_END, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      all.forEach(ProcessHandle::destroyForcibly);
    } catch (ExecutionException | TimeoutException e) {
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }
}

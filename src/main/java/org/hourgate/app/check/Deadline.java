package org.hourgate.app.check;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls that may never come back. */
final class Deadline {

  private Deadline() {}

  /**
   * Returns the answer; empty if there is none in time, and the call is interrupted then.
   *
   * @throws IOException if the call throws it
   */
  static <T> Optional<T> call(Duration patience, Callable<T> question) throws IOException {
    FutureTask<T> task = new FutureTask<>(question);
    Thread.ofVirtual().start(task);
    try {
      return Optional.of(task.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      task.cancel(true);
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException known) {
        throw known;
      }
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }
}

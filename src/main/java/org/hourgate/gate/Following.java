package org.hourgate.gate;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.hourgate.management.CommandTimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done after a stage. A stage keeps to itself what the step behind it throws, and whoever
 * waits would wait for ever; here it is logged at least, and handed to whoever can answer.
 */
final class Following {

  private static final Logger LOG = LoggerFactory.getLogger("hourgate.gate");

  private Following() {}

  /**
   * Runs the step with the stage's value or with its failure; what the step throws is logged.
   *
   * @param what names the step in the log
   */
  static <T> void run(
      String what,
      CompletionStage<T> stage,
      Executor executor,
      BiConsumer<? super T, ? super Throwable> step) {
    run(stage, executor, step, e -> LOG.error("{} failed unexpectedly", what, e));
  }

  /**
   * Runs the step with the stage's value or with its failure.
   *
   * @param thrown receives what the step throws, on the same thread
   */
  static <T> void run(
      CompletionStage<T> stage,
      Executor executor,
      BiConsumer<? super T, ? super Throwable> step,
      Consumer<RuntimeException> thrown) {
    var _ =
        stage.whenCompleteAsync(
            (value, failure) -> {
              try {
                step.accept(value, failure);
              } catch (RuntimeException e) {
                thrown.accept(e);
              }
            },
            executor);
  }

  /** Whether nobody knows if the command was heard: its answer was not there in time. */
  static boolean isTimeout(@Nullable Throwable failure) {
    return failure instanceof CommandTimeoutException
        || (failure instanceof CompletionException && isTimeout(failure.getCause()));
  }
}

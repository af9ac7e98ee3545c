package org.hourgate.infrastructure.http;

import java.util.concurrent.CompletionStage;

/** Answers one method of one path. Called on an event loop: never blocks. */
@FunctionalInterface
public interface Endpoint {

  /**
   * Answers.
   *
   * @return completes with the answer on any thread
   * @throws ProblemException to refuse
   */
  CompletionStage<? extends Answer> handle(Request request);
}

package org.hourgate.infrastructure.http;

import java.time.Duration;

/** Hears of every answer. Called on any thread: return at once. */
@FunctionalInterface
public interface HttpObserver {

  /**
   * A request was answered.
   *
   * @param template the path or folder that its endpoint was added for; empty if there was none
   * @param took from the whole request to the answer, which is not yet written
   */
  void answered(String method, String template, int status, Duration took);
}

package org.hourgate.app;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** The log is written by a thread of its own, so whoever ends the process has to wait for it. */
final class Logs {

  private Logs() {}

  /** Writes what waits, for a moment at most; nothing is logged from then on. */
  static void end() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}

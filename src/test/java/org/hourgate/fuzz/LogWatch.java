package org.hourgate.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Notices what was caught and logged instead of thrown: a warning with a stack trace. Takes the
 * place of every other way a log is written.
 */
final class LogWatch extends AppenderBase<ILoggingEvent> {

  private volatile @Nullable String seen;

  static LogWatch begin() {
    LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = logs.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.setLevel(Level.WARN);
    LogWatch watch = new LogWatch();
    watch.setContext(logs);
    watch.start();
    root.addAppender(watch);
    return watch;
  }

  @Override
  protected void append(ILoggingEvent event) {
    boolean failed = event.getThrowableProxy() != null;
    if (failed && seen == null) {
      seen =
          event.getFormattedMessage()
              + ": "
              + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
  }

  /** Throws if anything was noticed since the last call. */
  void check() {
    String found = seen;
    if (found != null) {
      seen = null;
      throw new IllegalStateException("logged: " + found);
    }
  }
}

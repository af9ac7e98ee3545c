package org.hourgate.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Keeps what is written to the audit log until it is closed. */
public final class AuditLog implements AutoCloseable {

  private final Logger audit = (Logger) LoggerFactory.getLogger("org.hourgate.audit");
  private final @Nullable Level before = audit.getLevel();
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  public AuditLog() {
    audit.setLevel(Level.INFO);
    appender.start();
    audit.addAppender(appender);
  }

  /** Returns the lines so far, also when it is closed. */
  public List<String> lines() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public void close() {
    audit.detachAppender(appender);
    audit.setLevel(before);
  }
}

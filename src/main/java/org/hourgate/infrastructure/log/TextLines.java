package org.hourgate.infrastructure.log;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * Lines for people: time, level, who says it, what happened, and its fields as {@code key=value}. A
 * line is one line, whatever is in it; a stack trace follows, and ends where the next time begins.
 * For the journal each line begins with its priority, and the time is the journal's own.
 */
public final class TextLines extends LayoutBase<ILoggingEvent> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());
  private static final int LEVEL_WIDTH = 5;

  private final ThrowableProxyConverter stackTraces = new ThrowableProxyConverter();
  private boolean journal = Journal.isReading();

  void journal(boolean isReading) {
    journal = isReading;
  }

  @Override
  public void start() {
    stackTraces.setContext(getContext());
    stackTraces.start();
    super.start();
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder text = new StringBuilder(256);
    if (!journal) {
      TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), text);
      String level = event.getLevel().toString();
      text.append(' ')
          .append(level)
          .append(" ".repeat(Math.max(1, LEVEL_WIDTH + 1 - level.length())));
    }
    String logger = event.getLoggerName();
    text.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
    text.append(onOneLine(String.valueOf(event.getFormattedMessage())));
    List<KeyValuePair> fields = event.getKeyValuePairs();
    if (fields != null) {
      fields.forEach(field -> text.append(' ').append(field.key).append('=').append(value(field)));
    }
    text.append('\n').append(stackTraces.convert(event));
    return journal
        ? withPriority(text.toString(), Journal.priority(event.getLevel()))
        : text.toString();
  }

  static String value(KeyValuePair field) {
    String value = onOneLine(String.valueOf(field.value));
    return needsQuotes(value)
        ? '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : value;
  }

  private static boolean needsQuotes(String value) {
    return value.isEmpty()
        || value.indexOf(' ') >= 0
        || value.indexOf('"') >= 0
        || value.indexOf('=') >= 0;
  }

  /** Nearly every text is on one line already, and there are a dozen of them in each line. */
  private static String onOneLine(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isControl(text.charAt(i))) {
        return withoutControls(text);
      }
    }
    return text;
  }

  private static String withoutControls(String text) {
    StringBuilder line = new StringBuilder(text);
    for (int i = 0; i < line.length(); i++) {
      if (isControl(line.charAt(i))) {
        line.setCharAt(i, '?');
      }
    }
    return line.toString();
  }

  private static boolean isControl(char c) {
    return c < ' ' || c == 0x7F;
  }

  /** The journal takes each line for a message of its own. */
  private static String withPriority(String lines, String priority) {
    StringBuilder text = new StringBuilder(lines.length() + priority.length());
    lines.lines().forEach(line -> text.append(priority).append(line).append('\n'));
    return text.toString();
  }
}

package org.hourgate.app;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hourgate.app.config.HourgateConfig.Log;
import org.hourgate.app.config.HourgateConfig.LogFormat;
import org.hourgate.app.config.HourgateConfig.LogLevel;
import org.hourgate.infrastructure.log.JsonLines;
import org.hourgate.infrastructure.log.TextLines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log is written by a thread of its own, so whoever ends the process has to wait for it. */
final class Logs {

  private static final List<String> OURS = List.of("org.hourgate", "hourgate");
  private static final String AUDIT = "org.hourgate.audit";

  private Logs() {}

  /** From now on there is so much of it, and lines look like this. */
  static void change(Log log) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      change(context, log);
    }
  }

  /** Where the log is configured otherwise than as shipped, it is left alone. */
  static void change(LoggerContext context, Log log) {
    if (context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("async")
            instanceof AsyncAppender async
        && async.getAppender("stderr") instanceof OutputStreamAppender<ILoggingEvent> stderr) {
      OURS.forEach(name -> context.getLogger(name).setLevel(level(log.level())));
      context.getLogger(AUDIT).setLevel(Level.INFO);
      Encoder<ILoggingEvent> encoder = encoder(context, log.format());
      encoder.start();
      stderr.setEncoder(encoder);
    }
  }

  private static Level level(LogLevel level) {
    return switch (level) {
      case ERROR -> Level.ERROR;
      case WARN -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
    };
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
    return switch (format) {
      case TEXT -> {
        TextLines layout = new TextLines();
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> text = new LayoutWrappingEncoder<>();
        text.setContext(context);
        text.setCharset(StandardCharsets.UTF_8);
        text.setLayout(layout);
        yield text;
      }
      case JSON -> {
        JsonLines json = new JsonLines();
        json.setContext(context);
        yield json;
      }
    };
  }

  /** Writes what waits, for a moment at most; nothing is logged from then on. */
  static void end() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}

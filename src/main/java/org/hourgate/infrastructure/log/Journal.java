package org.hourgate.infrastructure.log;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * systemd's journal as a reader of standard error. It takes the priority of a line from {@code <N>}
 * at its beginning (sd-daemon(3)), and keeps the time itself.
 */
final class Journal {

  private Journal() {}

  /**
   * Whether it reads our standard error. The variable alone says nothing: it is inherited also by
   * those whose output goes elsewhere (systemd.exec(5), {@code $JOURNAL_STREAM}).
   */
  static boolean isReading() {
    return isStream(System.getenv("JOURNAL_STREAM"), Path.of("/proc/self/fd/2"));
  }

  static boolean isStream(@Nullable String variable, Path file) {
    try {
      return variable != null
          && variable.equals(
              Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false; // Not Linux, or no standard error at all.
    }
  }

  static String priority(Level level) {
    if (level.isGreaterOrEqual(Level.ERROR)) {
      return "<3>";
    }
    if (level.isGreaterOrEqual(Level.WARN)) {
      return "<4>";
    }
    return level.isGreaterOrEqual(Level.INFO) ? "<6>" : "<7>";
  }
}

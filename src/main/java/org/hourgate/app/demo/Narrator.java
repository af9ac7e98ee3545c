package org.hourgate.app.demo;

import com.google.errorprone.annotations.FormatMethod;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.hourgate.infrastructure.time.TimeSource;

/** Tells the story: each line begins with the seconds since it began. For one thread. */
final class Narrator {

  private final PrintWriter out;
  private final TimeSource time;
  private final long beganNanos;
  private int chapters;

  Narrator(PrintWriter out, TimeSource time) {
    this.out = out;
    this.time = time;
    beganNanos = time.nanoTime();
  }

  void chapter(String title) {
    chapters++;
    out.printf(Locale.ROOT, "%n%d. %s%n", chapters, title);
    out.flush();
  }

  @FormatMethod
  void say(String format, Object... arguments) {
    double seconds = Duration.ofNanos(time.nanoTime() - beganNanos).toMillis() / 1000.0;
    out.printf(
        Locale.ROOT, "%7.1f s  %s%n", seconds, String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  /** A line without a time, for what follows. */
  void add(String line) {
    out.println(line);
    out.flush();
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
  }

  static String milliseconds(Duration duration) {
    return String.format(Locale.ROOT, "%+.0f ms", duration.toNanos() / 1e6);
  }

  Instant now() {
    return time.wallTime();
  }
}

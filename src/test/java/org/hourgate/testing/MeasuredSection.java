package org.hourgate.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The part of a page under {@code docs/} that a run writes: what stands between {@code <!-- figures
 * of NAME begin -->} and {@code <!-- figures of NAME end -->}.
 */
public final class MeasuredSection {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Path page;
  private final String name;

  public MeasuredSection(Path page, String name) {
    this.page = page;
    this.name = name;
  }

  /** Replaces what stands there by these lines. */
  public void write(List<String> lines) throws IOException {
    String begin = "<!-- figures of " + name + " begin -->\n";
    String end = "<!-- figures of " + name + " end -->\n";
    String text = Files.readString(page);
    int from = text.indexOf(begin);
    int to = text.indexOf(end);
    if (from < 0 || to < from) {
      throw new IOException(page + " has no place for the figures of " + name);
    }
    Files.writeString(
        page,
        text.substring(0, from + begin.length())
            + String.join("\n", lines)
            + "\n"
            + text.substring(to));
  }

  /** When, where, of which commit and by which command a run was made, in one line. */
  public static String provenance(Instant begun, String command) throws IOException {
    return "%s · %d cores, Linux %s, Java %s, load %s at the end · commit %s · `%s`"
        .formatted(
            DATE.format(begun),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1"),
            System.getProperty("java.version"),
            Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0],
            commit(),
            command);
  }

  /** As few digits as say it. */
  public static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  /** Which commit this is. */
  public static String commit() throws IOException {
    Process git =
        new ProcessBuilder("git", "-c", "safe.directory=*", "describe", "--always", "--dirty")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = git.inputReader(StandardCharsets.US_ASCII)) {
      String line = out.readLine();
      return line == null ? "unknown" : line;
    }
  }
}

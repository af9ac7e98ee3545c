package org.hourgate.app.operator;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The terminal that standard output is, if it is one. */
final class Terminal {

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,5}) ([0-9]{1,5})\\s*");
  private static final Size USUAL = new Size(24, 80);

  private Terminal() {}

  /** In characters. */
  record Size(int rows, int columns) {}

  static boolean isThere() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /** How large it is now, as far as {@code stty} can tell; empty if there is none. */
  static Optional<Size> size() {
    return isThere() ? Optional.of(ask().orElse(USUAL)) : Optional.empty();
  }

  private static Optional<Size> ask() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Matcher size = SIZE.matcher(answer);
      if (stty.waitFor(1, TimeUnit.SECONDS) && size.matches()) {
        int rows = Integer.parseInt(size.group(1));
        int columns = Integer.parseInt(size.group(2));
        return rows > 0 && columns > 0 ? Optional.of(new Size(rows, columns)) : Optional.empty();
      }
    } catch (IOException e) {
      // The usual size, then.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }
}

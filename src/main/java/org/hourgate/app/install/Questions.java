package org.hourgate.app.install;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Asks a person on the terminal, again until the answer can be used. */
final class Questions {

  private final Console console;

  private Questions(Console console) {
    this.console = console;
  }

  /** Somebody to ask, if there is a terminal. */
  static Optional<Questions> here() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).map(Questions::new);
  }

  /**
   * Asks.
   *
   * @param usual what an empty answer means
   * @param reader throws IllegalArgumentException with what is wrong
   */
  <T> T ask(String question, String usual, Function<String, T> reader) {
    while (true) {
      String answer =
          console.readLine("%s%s: ", question, usual.isEmpty() ? "" : " [" + usual + "]");
      try {
        return reader.apply(answer == null || answer.isBlank() ? usual : answer.strip());
      } catch (IllegalArgumentException e) {
        console.printf("  That can't be used: %s%n", e.getMessage());
        if (answer == null) {
          throw e; // Nobody is there any more.
        }
      }
    }
  }

  boolean confirm(String question) {
    String answer = console.readLine("%s [y/N] ", question);
    return answer != null
        && (answer.strip().toLowerCase(Locale.ROOT).equals("y")
            || answer.strip().toLowerCase(Locale.ROOT).equals("yes"));
  }
}

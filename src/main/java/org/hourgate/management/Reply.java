package org.hourgate.management;

import java.util.List;

/**
 * The daemon's answer to one command. An ERROR is a value, not an exception. Texts hold the bytes
 * as they came (ISO-8859-1).
 */
public sealed interface Reply {

  /** {@code SUCCESS: text}. */
  record Success(String text) implements Reply {}

  /** {@code ERROR: text}. */
  record Failure(String text) implements Reply {}

  /** Lines up to {@code END}, without it. */
  record Lines(List<String> lines) implements Reply {
    public Lines {
      lines = List.copyOf(lines);
    }
  }
}

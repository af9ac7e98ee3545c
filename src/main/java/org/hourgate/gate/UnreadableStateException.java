package org.hourgate.gate;

import java.nio.file.Path;

/** Who must not come in can't be told, so nobody is let in. */
public final class UnreadableStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableStateException(String what, Path file, Exception cause) {
    super(
        "the %s in %s can't be read (%s): repair the file, or move it away to begin without any"
            .formatted(what, file, cause.getMessage()),
        cause);
  }
}

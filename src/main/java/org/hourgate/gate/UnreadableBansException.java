package org.hourgate.gate;

import java.nio.file.Path;

/** Who is banned can't be told, so nobody is let in. */
public final class UnreadableBansException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableBansException(Path file, Exception cause) {
    super(
        "the bans in "
            + file
            + " can't be read ("
            + cause.getMessage()
            + "): repair the file, or move it away to begin without a ban",
        cause);
  }
}

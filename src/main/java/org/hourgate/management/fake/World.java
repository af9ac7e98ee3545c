package org.hourgate.management.fake;

import java.time.Duration;

/** What the daemon needs of the world around it. */
interface World {

  /** Prints a line to the controller, if one is attached. */
  void print(String line);

  /** Closes the connection of the controller. */
  void hangUp();

  /** Ends the process. */
  void exit();

  void schedule(Duration delay, Runnable task);

  long unixTime();

  default void success(String text) {
    print("SUCCESS: " + text);
  }

  default void error(String text) {
    print("ERROR: " + text);
  }

  /** What a held daemon says of what needs clients, and any of what it was not built for. */
  default void unsupported(String command) {
    error("The '%s' command is not supported by the current daemon mode".formatted(command));
  }
}

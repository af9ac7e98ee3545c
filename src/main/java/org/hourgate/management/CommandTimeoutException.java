package org.hourgate.management;

import java.time.Duration;

/** No reply came in time. Whether the daemon has acted on the commands is not known. */
public final class CommandTimeoutException extends ManagementException {
  public CommandTimeoutException(Duration timeout) {
    super("no reply within " + timeout.toMillis() + " ms");
  }
}

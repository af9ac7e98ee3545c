package org.hourgate.app;

import java.time.Instant;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.operator.ReloadOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What readings of the configuration came to; the start was the first one that was taken over. Safe
 * for any thread.
 */
final class ReloadRecord {

  private static final Logger LOG = LoggerFactory.getLogger(ReloadRecord.class);

  private final TimeSource time;
  private volatile boolean succeeded = true;
  private volatile Instant takenOver;

  ReloadRecord(TimeSource time) {
    this.time = time;
    takenOver = time.wallTime();
  }

  void happened(ReloadOutcome outcome) {
    succeeded = outcome.problems().isEmpty();
    if (succeeded) {
      takenOver = time.wallTime();
      LOG.info(
          "configuration read again: applied {}, needs a restart {}",
          outcome.applied(),
          outcome.needsRestart());
    } else {
      LOG.error(
          "configuration read again and not taken over, nothing was changed: {}",
          String.join("; ", outcome.problems()));
    }
  }

  /** Whether the last reading was taken over. */
  boolean succeeded() {
    return succeeded;
  }

  /** When one was last taken over. */
  Instant takenOver() {
    return takenOver;
  }
}

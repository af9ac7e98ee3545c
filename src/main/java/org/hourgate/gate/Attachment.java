package org.hourgate.gate;

import java.util.List;
import java.util.Optional;
import org.hourgate.management.Reply;
import org.hourgate.session.DaemonVersion;
import org.hourgate.session.LogCache;
import org.hourgate.session.StatusTable;

/**
 * What a process answered when it was attached: to hold, state, version, pid, status 3, log all and
 * bytecount, in this order.
 */
record Attachment(List<Reply> replies) {

  Optional<DaemonVersion> version() {
    return DaemonVersion.of(replies.get(2));
  }

  Optional<Long> pid() {
    if (replies.get(3) instanceof Reply.Success success && success.text().startsWith("pid=")) {
      try {
        return Optional.of(Long.parseLong(success.text().substring("pid=".length())));
      } catch (NumberFormatException e) {
        return Optional.empty(); // Then it counts as another process than before.
      }
    }
    return Optional.empty();
  }

  StatusTable status() {
    return StatusTable.of(replies.get(4));
  }

  LogCache log() {
    return LogCache.of(replies.get(5));
  }
}

package org.hourgate.gate;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.hourgate.session.DaemonVersion;
import org.hourgate.session.InstanceName;

/** Looks for reasons not to serve an OpenVPN process at all. */
public interface DaemonCheck {

  /**
   * Looks at a process that was just attached.
   *
   * @param version empty if it did not tell
   * @param pid its process id, empty if it did not tell
   * @return what is unsafe, in words with the line to change; empty if nothing
   */
  CompletionStage<List<String>> problems(
      InstanceName instance, Optional<DaemonVersion> version, Optional<Long> pid);
}

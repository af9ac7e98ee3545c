package org.hourgate.gate;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What an operator may ask of the gate. Safe for any thread; stages complete on the gate's thread,
 * where nobody may block, and complete exceptionally only if the gate is closed.
 */
public interface GateControl {

  /** Every session the gate knows of now, of all instances, also those that still wait. */
  CompletionStage<List<SessionView>> sessions();

  /**
   * Cuts the sessions meant by the target at once.
   *
   * @param reason shown to the client and written to the log
   * @return completes when every cut is confirmed, or when the time for that has passed
   */
  CompletionStage<KillResult> kill(KillTarget target, String reason);
}

package org.hourgate.management;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Commands to one OpenVPN process. The commands of one call are written in one piece, nothing
 * between them; calls of equal priority keep their order. Nothing is repeated after a loss. Safe
 * for any thread; stages complete on the connection's event loop, where nobody may block.
 */
public interface ManagementConnection {

  /**
   * Sends commands that name no client.
   *
   * @return the replies in order; or exceptionally a {@link ManagementException}: not attached,
   *     connection lost, queue full, no answer in time
   */
  CompletionStage<List<Reply>> send(CommandPriority priority, List<Command> commands);

  /**
   * Sends commands that name clients of an epoch. If that epoch is over by the time of writing,
   * nothing is written and the stage fails with {@link EpochEndedException}. An accept that a later
   * kill of its client has overtaken fails with {@link OvertakenByCutException}.
   */
  CompletionStage<List<Reply>> send(Epoch epoch, CommandPriority priority, List<Command> commands);
}

package org.hourgate.management;

/** Too many commands of this priority wait for the socket; the commands were not sent. */
public final class ManagementQueueFullException extends ManagementException {
  public ManagementQueueFullException(CommandPriority priority, int bound) {
    super("the queue of " + priority + " commands is full (" + bound + ")");
  }
}

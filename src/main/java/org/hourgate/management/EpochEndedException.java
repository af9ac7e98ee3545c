package org.hourgate.management;

/** A command was not written because the epoch of its CID is over. */
public final class EpochEndedException extends ManagementException {
  public EpochEndedException(Epoch epoch) {
    super("epoch " + epoch.number() + " is over; the command was not sent");
  }
}

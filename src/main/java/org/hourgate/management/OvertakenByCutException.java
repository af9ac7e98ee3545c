package org.hourgate.management;

/** An accept was not written because the kill of its client, sent later, went first. */
public final class OvertakenByCutException extends ManagementException {
  public OvertakenByCutException(ClientId client) {
    super("client " + client + " was killed before it could be accepted");
  }
}

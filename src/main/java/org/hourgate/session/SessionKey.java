package org.hourgate.session;

import org.hourgate.management.ClientId;
import org.hourgate.management.Epoch;

/** One client instance: a CID means nothing without its OpenVPN process and epoch. */
public record SessionKey(InstanceName instance, Epoch epoch, ClientId client) {

  /** The spelling people type: {@code udp/17}. */
  @Override
  public String toString() {
    return instance + "/" + client;
  }
}

package org.hourgate.gate;

import org.hourgate.credential.WalletAddress;
import org.hourgate.management.ClientId;

/** Whose sessions are to be cut. */
public sealed interface KillTarget {

  /** Every session of a wallet, on every instance. */
  record ByWallet(WalletAddress wallet) implements KillTarget {}

  /** One client of one instance, in the instance's present epoch. */
  record ByClient(String instance, ClientId client) implements KillTarget {}

  /** One client of one instance, if it is this wallet's. */
  record ByOwner(WalletAddress wallet, String instance, ClientId client) implements KillTarget {}
}

package org.hourgate.gate;

import java.util.HashMap;
import java.util.Map;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.EntitlementLedger;

/**
 * Counts who needs to hear of a wallet's changes: each session and each verdict under way. Touched
 * by the gate's thread alone.
 */
final class WatchedWallets {

  private final EntitlementLedger ledger;
  private final Map<WalletAddress, Integer> users = new HashMap<>();

  WatchedWallets(EntitlementLedger ledger) {
    this.ledger = ledger;
  }

  void acquire(WalletAddress wallet) {
    if (users.merge(wallet, 1, Integer::sum) == 1) {
      ledger.watch(wallet);
    }
  }

  /**
   * Has the wallet's next reading told even if it changes nothing: what we go by was read before,
   * and the change of a moment ago may have been told to nobody.
   */
  void renew(WalletAddress wallet) {
    ledger.watch(wallet);
  }

  void release(WalletAddress wallet) {
    if (users.merge(wallet, -1, Integer::sum) == 0) {
      users.remove(wallet);
      ledger.unwatch(wallet);
    }
  }
}

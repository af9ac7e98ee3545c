package org.hourgate.entitlement;

import org.hourgate.credential.WalletAddress;

/** Hears changes of watched wallets. Called on the chain's thread: return at once. */
public interface EntitlementListener {

  /**
   * The wallet's entitlement is another than before.
   *
   * @param afterReorganisation a block that counted before is no longer part of the chain; a fall
   *     of {@code paidUntil} may be undone when the transaction is included again
   */
  void entitlementChanged(
      WalletAddress wallet, Entitlement entitlement, boolean afterReorganisation);
}

package org.hourgate.bench;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletKey;
import org.web3j.crypto.Hash;

/**
 * Gives paid time to many wallets at once, to the second: written into the contract's storage by
 * the development node, because as many purchases would take minutes and end in different seconds.
 */
final class PaidTime {

  /** The mapping of accounts in {@code Hourgate.sol}; {@code paidUntil} is its lowest 8 bytes. */
  private static final String ACCESS_SLOT = "%064x".formatted(3);

  private PaidTime() {}

  static void give(
      Anvil anvil, HourgateContract contract, Collection<WalletKey> wallets, Instant until) {
    String value = "0x%064x".formatted(BigInteger.valueOf(until.getEpochSecond()));
    wallets.stream()
        .parallel()
        .forEach(
            wallet -> {
              String account = "0".repeat(24) + wallet.address().hex();
              anvil.call(
                  "anvil_setStorageAt",
                  contract.address().lowerCase(),
                  Hash.sha3("0x" + account + ACCESS_SLOT),
                  value);
            });
    anvil.mine(1);
    for (WalletKey wallet : List.copyOf(wallets).subList(0, 1)) {
      Instant found = contract.entitlementOf(wallet.address()).paidUntil();
      if (!found.equals(until)) {
        throw new IllegalStateException("the contract says " + found + ", not " + until);
      }
    }
  }
}

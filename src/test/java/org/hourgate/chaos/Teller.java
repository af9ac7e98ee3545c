package org.hourgate.chaos;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.ChainException;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;

/** Writes down what the newest block says of each wallet, where that is news. */
final class Teller implements AutoCloseable {

  private final Chronicle chronicle;
  private final HourgateContract contract;
  private final Set<WalletAddress> wallets = ConcurrentHashMap.newKeySet();
  private final Map<WalletAddress, Entitlement> told = new HashMap<>();
  private long lastTime;
  private volatile boolean reorganising;

  Teller(House house, Chronicle chronicle) {
    this.chronicle = chronicle;
    contract = HourgateContract.at(house.anvil().rpc(), Anvil.CHAIN_ID, house.contract().address());
    lastTime = chronicle.now();
  }

  void watch(WalletAddress wallet) {
    wallets.add(wallet);
  }

  /** Whatever shrinks from now on, a reorganisation has taken back. */
  void expectReorganisation() {
    reorganising = true;
  }

  /** Looks once; a node that does not answer says nothing. */
  synchronized void look() {
    long begun = chronicle.now();
    try {
      for (WalletAddress wallet : wallets) {
        Entitlement now = contract.entitlementOf(wallet);
        Entitlement before = told.put(wallet, now);
        if (!now.equals(before)) {
          boolean shrinks = before != null && now.paidUntil().isBefore(before.paidUntil());
          chronicle.add(
              new Fact.Chain(
                  lastTime,
                  chronicle.now(),
                  wallet.checksummed(),
                  now.paidUntil().getEpochSecond(),
                  now.credentialsFrom().getEpochSecond(),
                  shrinks && reorganising));
        }
      }
      lastTime = begun;
    } catch (ChainException e) {
      // Not now.
    }
  }

  @Override
  public void close() {
    contract.close();
  }
}

package org.hourgate.soak;

import java.math.BigInteger;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletKey;

/** Who pays for whom: one payer, and new wallets without end. Not for concurrent use. */
final class Customers implements AutoCloseable {

  private static final AtomicInteger WALLETS = new AtomicInteger(0x10_0000);

  private final LabGateway house;
  private final WalletKey payer;
  private final HourgateContract contract;
  private final Random dice;

  Customers(LabGateway house, int payer, Random dice) {
    this.house = house;
    this.payer = Anvil.key(payer);
    this.dice = dice;
    contract = HourgateContract.at(house.anvil().rpc(), Anvil.CHAIN_ID, house.contract().address());
  }

  static WalletKey newWallet() {
    return WalletKey.parse("%064x".formatted(WALLETS.incrementAndGet()));
  }

  void buy(WalletKey wallet, long product, BigInteger price) {
    contract.purchaseFor(payer, product, wallet.address(), price);
  }

  String password(WalletKey wallet) throws Exception {
    return house.password(wallet, oneIn(8) ? "login" : "device");
  }

  boolean oneIn(int number) {
    return dice.nextInt(number) == 0;
  }

  @Override
  public void close() {
    contract.close();
  }
}

package org.hourgate.shop;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.chain.Confirmations;

/**
 * What the operator chose.
 *
 * @param name what customers call the gateway
 * @param loginLifetime how long a signed login is good
 * @param deviceLifetime how long a device pass is good
 * @param sessionsPerWallet how many devices of a wallet are online at a time
 * @param whenFull what a further device meets, as it is configured
 * @param confirmations how many blocks a purchase waits, its own included
 * @param seller what the seller tells about the connection
 * @param chain what a wallet needs to know to add the chain
 * @param historyFrom the first block that may hold a purchase
 * @param profiles what customers' profiles are made from, by instance; the first is the usual one
 */
public record ShopSettings(
    String name,
    Duration loginLifetime,
    Duration deviceLifetime,
    int sessionsPerWallet,
    String whenFull,
    Confirmations confirmations,
    SellerFacts seller,
    ChainFacts chain,
    long historyFrom,
    Map<String, ProfileTemplate> profiles) {

  /**
   * The chain as people know it.
   *
   * @param currency what fees are paid in: 2 to 6 characters
   * @param walletRpc nodes that visitors' wallets may ask
   * @param explorer where transactions can be looked at
   */
  public record ChainFacts(
      String name, String currency, List<URI> walletRpc, Optional<URI> explorer) {
    public ChainFacts {
      walletRpc = List.copyOf(walletRpc);
    }
  }
}

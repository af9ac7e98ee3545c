package org.hourgate.app.seller;

import java.util.Optional;
import org.hourgate.chain.ChainException;
import org.hourgate.chain.Currency;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;

/** What prices are shown in. */
final class Currencies {

  private Currencies() {}

  /** A token that does not say who it is goes by its address, and its price by smallest units. */
  static Currency of(HourgateContract contract, Optional<WalletAddress> token) {
    if (token.isEmpty()) {
      return Currency.ETHER;
    }
    try {
      return contract.token(token.get()).currency();
    } catch (ChainException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      return new Currency(token, "units of " + token.get().checksummed(), 0);
    }
  }
}

package org.hourgate.shop;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.Currency;
import java.util.Map;
import java.util.Optional;
import org.hourgate.chain.Product;
import org.hourgate.credential.WalletAddress;

/**
 * What prices are worth in the money people count in, by rates that the seller wrote down on some
 * day. A hint, never what is paid: nobody here asks the markets.
 *
 * @param asOf the day
 * @param perEther what one of the chain's own currency is worth
 * @param perToken what one whole token is worth
 */
public record FiatRates(
    Currency currency,
    LocalDate asOf,
    Optional<BigDecimal> perEther,
    Map<WalletAddress, BigDecimal> perToken) {

  public FiatRates {
    perToken = Map.copyOf(perToken);
  }

  /**
   * What a product costs, as precise as that money is; a price of less, by its first digit.
   *
   * @param decimals of what the price is in
   * @return empty if there is no rate
   */
  Optional<Hint> of(Product product, int decimals) {
    return product
        .token()
        .map(token -> Optional.ofNullable(perToken.get(token)))
        .orElse(perEther)
        .map(rate -> new BigDecimal(product.price(), decimals).multiply(rate))
        .map(value -> new Hint(round(value), currency.getCurrencyCode(), asOf.toString()));
  }

  private String round(BigDecimal value) {
    BigDecimal rounded =
        value.setScale(Math.max(0, currency.getDefaultFractionDigits()), RoundingMode.HALF_UP);
    return (rounded.signum() == 0 ? value.round(new MathContext(1)) : rounded).toPlainString();
  }

  /** As the page writes it: about {@code amount} {@code currency}, by the rate of {@code asOf}. */
  record Hint(String amount, String currency, String asOf) {}
}

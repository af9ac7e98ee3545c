package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Currency;
import java.util.Map;
import java.util.Optional;
import org.hourgate.chain.Product;
import org.hourgate.credential.WalletAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FiatRatesTest {

  private static final LocalDate DAY = LocalDate.of(2026, 11, 21);

  @ParameterizedTest
  @CsvSource({
    "EUR, 2450, 1000000000000000, 2.45",
    "EUR, 2450, 500000000000000, 1.23",
    "EUR, 2000, 1000000000000000000, 2000.00",
    "EUR, 2450, 4081632653061, 0.01",
    "EUR, 2450, 1000000000000, 0.002",
    "EUR, 2450, 1, 0.000000000000002",
    "JPY, 380000, 1000000000000000, 380",
    "KWD, 750, 1000000000000000, 0.750"
  })
  void isAsPreciseAsTheMoneyAndNeverNothing(
      String currency, BigDecimal perEther, BigInteger price, String amount) {
    FiatRates rates =
        new FiatRates(Currency.getInstance(currency), DAY, Optional.of(perEther), Map.of());

    assertThat(rates.of(product(price, Optional.empty()), 18))
        .contains(new FiatRates.Hint(amount, currency, "2026-11-21"));
  }

  @Test
  void saysNothingWhereThereIsNoRate() {
    FiatRates ether =
        new FiatRates(Currency.getInstance("EUR"), DAY, Optional.of(BigDecimal.ONE), Map.of());
    FiatRates token =
        new FiatRates(
            Currency.getInstance("EUR"),
            DAY,
            Optional.empty(),
            Map.of(ShopWorld.TOKEN, BigDecimal.ONE));
    Product inEther = product(BigInteger.TEN, Optional.empty());
    Product inToken = product(BigInteger.TEN, Optional.of(ShopWorld.TOKEN));

    assertThat(ether.of(inToken, 6)).isEmpty();
    assertThat(token.of(inEther, 18)).isEmpty();
    assertThat(token.of(inToken, 1)).isPresent();
  }

  private static Product product(BigInteger price, Optional<WalletAddress> token) {
    return new Product(0, token, price, Duration.ofHours(1), true);
  }
}

package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CurrencyTest {

  private static final Currency USDC =
      new Currency(Optional.of(new WalletAddress("1".repeat(40))), "USDC", 6);

  @ParameterizedTest
  @CsvSource({
    "0.01 ether, 10000000000000000",
    "0.010000000000000000000 ETH, 10000000000000000",
    "1ether, 1000000000000000000",
    "20 gwei, 20000000000",
    "0.000000001 gwei, 1",
    "1000 wei, 1000",
    "0, 0",
    "0.000000000000000001 ether, 1",
    "79228162514.264337593543950335 ether, 79228162514264337593543950335",
  })
  void readsEtherToTheLastDigit(String text, BigInteger wei) {
    assertThat(Currency.ETHER.parse(text)).isEqualTo(wei);
  }

  @ParameterizedTest
  @CsvSource({"5, 5000000", "5 USDC, 5000000", "5usdc, 5000000", "0.000001 USDC, 1"})
  void readsTokensByTheirDecimals(String text, BigInteger smallest) {
    assertThat(USDC.parse(text)).isEqualTo(smallest);
  }

  @ParameterizedTest
  @CsvSource({
    "0.01, Say which unit",
    "1 euro, Say which unit",
    "1e3 ether, Not an amount",
    "-1 ether, Not an amount",
    ".5 ether, Not an amount",
    "'1,5 ether', Not an amount",
    "ether, Not an amount",
    "'', Not an amount",
    "1 ether please, Not an amount",
    "0.0000000000000000001 ether, Too exact: ether has 18 digits behind the point",
    "0.5 wei, Too exact: wei has no digit behind the point",
    "0.0000000001 gwei, Too exact: gwei has 9 digits behind the point",
    "999999999999999999999999999999999999999999999999999999999999999999 ether, more than a contract",
  })
  void refusesWhatCouldBeMeantOtherwise(String text, String why) {
    assertThatThrownBy(() -> Currency.ETHER.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource({
    "5 ether, 'The token''s unit is USDC, not ether.'",
    "0.0000001, Too exact: USDC has 6 digits behind the point"
  })
  void refusesAnotherUnitThanTheTokens(String text, String why) {
    assertThatThrownBy(() -> USDC.parse(text)).hasMessageContaining(why);
  }

  @Test
  void takesATokenWhoseNameBeginsWithADigit() {
    Currency inch = new Currency(USDC.token(), "1INCH", 0);
    assertThat(inch.parse("5 1INCH")).isEqualTo(5);
    assertThatThrownBy(() -> inch.parse("51INCH"))
        .hasMessageContaining("The token's unit is 1INCH");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "10000000000000000", "123456789012345678901234567890"})
  void readsWhatItWrites(BigInteger amount) {
    assertThat(Currency.ETHER.parse(Currency.ETHER.format(amount))).isEqualTo(amount);
    assertThat(USDC.parse(USDC.format(amount))).isEqualTo(amount);
  }

  @Test
  void writesNoMoreDigitsThanNeeded() {
    assertThat(Currency.ETHER.format(new BigInteger("10000000000000000"))).isEqualTo("0.01 ether");
    assertThat(USDC.format(BigInteger.valueOf(5_000_000_000L))).isEqualTo("5000 USDC");
    assertThat(USDC.format(BigInteger.ZERO)).isEqualTo("0 USDC");
  }
}

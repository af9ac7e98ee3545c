package org.hourgate.management.fake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** As OpenVPN 2.6.14 took them with glibc: which CID was found, and which KID. */
final class CNumbersTest {

  @ParameterizedTest
  @CsvSource({
    "1x, 1",
    "-1, -1",
    "18446744073709551615, -1",
    "18446744073709551616, -1",
    "-18446744073709551615, 1",
    "-18446744073709551616, -1",
    "9999999999999999999, -8446744073709551617",
  })
  void ofSixtyFourBits(String text, long bits) {
    assertThat(CNumbers.unsignedLong(text)).hasValue(bits);
  }

  @ParameterizedTest
  @CsvSource({"4294967297, 1", "-1, 4294967295", "18446744073709551617, 4294967295"})
  void ofThirtyTwoBits(String text, long number) {
    assertThat(CNumbers.unsignedInt(text)).hasValue(number);
  }

  @ParameterizedTest
  @CsvSource({"x", "--1", "''", "+-1"})
  void none(String text) {
    assertThat(CNumbers.unsignedLong(text)).isEmpty();
    assertThat(CNumbers.atoi(text)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"4294967297, 1", "2147483648, -2147483648", "99999999999999999999, -1", "' 7', 7"})
  void asInt(String text, int number) {
    assertThat(CNumbers.atoi(text)).isEqualTo(number);
  }
}

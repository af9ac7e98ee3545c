package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.hourgate.chain.Booking;
import org.hourgate.chain.Currency;
import org.hourgate.credential.WalletAddress;
import org.hourgate.gate.ServiceRecords;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class AccountsTest {

  private static final Instant FROM = Instant.parse("2026-10-31T23:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-30T23:00:00Z");
  private static final WalletAddress CONTRACT =
      WalletAddress.parse("0x5fbdb2315678afecb367f032d93f642f64180aa3");
  private static final WalletAddress ALICE =
      WalletAddress.parse("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
  private static final WalletAddress BOB =
      WalletAddress.parse("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
  private static final Currency DOLLARS = new Currency(Optional.of(BOB), "=1+1", 6);
  private static final BigInteger FINNEY = BigInteger.TEN.pow(15);

  private static Booking purchase(long product, Currency currency, BigInteger amount) {
    return booking(Booking.Kind.PURCHASE, OptionalLong.of(product), currency, amount);
  }

  private static Booking booking(
      Booking.Kind kind, OptionalLong product, Currency currency, BigInteger amount) {
    return new Booking(
        kind,
        FROM.plusSeconds(60),
        7,
        "0x" + "ab".repeat(32),
        CONTRACT,
        ALICE,
        kind == Booking.Kind.GRANT ? Optional.empty() : Optional.of(BOB),
        product,
        currency,
        amount,
        kind == Booking.Kind.PURCHASE ? Duration.ofHours(1) : Duration.ZERO,
        FROM.plusSeconds(3660));
  }

  private static Accounts accounts() {
    return new Accounts(
        FROM,
        TO,
        ZoneId.of("Europe/Vienna"),
        List.of(
            purchase(0, Currency.ETHER, FINNEY),
            purchase(0, Currency.ETHER, FINNEY),
            purchase(1, DOLLARS, BigInteger.valueOf(5_500_000)),
            booking(Booking.Kind.GRANT, OptionalLong.empty(), Currency.ETHER, BigInteger.ZERO),
            booking(Booking.Kind.REFUND, OptionalLong.empty(), Currency.ETHER, FINNEY)),
        new ServiceRecords.Content(
            List.of(
                new ServiceRecords.Service(
                    "udp",
                    3,
                    FROM.minusSeconds(600),
                    FROM.plusSeconds(1200),
                    ALICE,
                    "10.88.0.2",
                    10,
                    20,
                    "expired")),
            0));
  }

  @Test
  void addUpWhatIsOfOneKindAndSubtractWhatWasGivenBack() {
    assertThat(accounts().text())
        .containsExactly(
            "From 2026-11-01T00:00:00+01:00 to 2026-12-01T00:00:00+01:00 (Europe/Vienna)",
            "",
            "WHAT      PRODUCT  COUNT  AMOUNT       TIME SOLD",
            "purchase  0        2      0.002 ether  2 hours",
            "purchase  1        1      5.5 =1+1     1 hour",
            "grant              1",
            "refund             1      0.001 ether",
            "",
            "Earned 0.001 ether",
            "Earned 5.5 =1+1",
            "Served 20 minutes to 1 wallet in 1 session");
  }

  @Test
  void sayWhoseProductItIsWhereThereAreSeveralContracts() {
    Booking first = purchase(0, Currency.ETHER, FINNEY);
    Booking other =
        new Booking(
            first.kind(),
            first.time(),
            first.block(),
            first.transaction(),
            BOB,
            first.account(),
            first.other(),
            first.product(),
            first.currency(),
            first.amount(),
            first.duration(),
            first.paidUntil());

    assertThat(
            new Accounts(
                    FROM,
                    TO,
                    ZoneId.of("UTC"),
                    List.of(first, other),
                    new ServiceRecords.Content(List.of(), 0))
                .text())
        .contains(
            "WHAT      CONTRACT                                    PRODUCT  COUNT  AMOUNT       TIME SOLD",
            "purchase  0x5FbDB2315678afecb367f032d93F642f64180aa3  0        1      0.001 ether  1 hour",
            "purchase  0x70997970C51812dc3A010C7d01b50e0d17dc79C8  0        1      0.001 ether  1 hour");
  }

  @Test
  void haveALineForEachInASpreadsheetAndNoFormulas() {
    List<String> lines = accounts().csv();

    assertThat(lines).hasSize(7).allMatch(line -> line.split(",", -1).length == 19);
    assertThat(lines.get(3))
        .startsWith("purchase,2026-11-01T00:01:00+01:00,1793487660,")
        .contains(",1,'=1+1,0x70997970C51812dc3A010C7d01b50e0d17dc79C8,5.5,3600,");
    assertThat(lines.get(4))
        .startsWith("grant,")
        .contains(ALICE.checksummed() + ",,,,,,,1793491260,");
    assertThat(lines.getLast())
        .startsWith("served,2026-10-31T23:50:00+01:00,")
        .contains(",1200,")
        .endsWith(",udp,10.88.0.2,10,20,expired");
  }

  @Test
  void areWholeForPrograms() {
    JsonNode json = JsonMapper.shared().readTree(accounts().json());

    assertThat(json.get("from").asLong()).isEqualTo(FROM.getEpochSecond());
    assertThat(json.get("earned").get(0).get("amount").asString()).isEqualTo("0.001");
    assertThat(json.get("earned").get(1).get("token").asString()).isEqualTo(BOB.checksummed());
    assertThat(json.get("totals")).hasSize(4);
    assertThat(json.get("totals").get(0).get("secondsSold").asLong()).isEqualTo(7200);
    assertThat(json.get("entries")).hasSize(5);
    assertThat(json.get("secondsServed").asLong()).isEqualTo(1200);
    assertThat(json.get("sessions").get(0).get("tunnel").asString()).isEqualTo("10.88.0.2");
  }

  @ParameterizedTest
  @CsvSource({
    "yesterday,,,write 2026-11-01",
    "2026-11-01T25:00,,,write 2026-11-01",
    "2026-11-02,2026-11-01,,must be later",
    "2026-11-01T01:00:00Z,2026-11-01T02:00,Europe/Vienna,must be later",
    "2026-11-01,,Nowhere,no time zone Nowhere"
  })
  void areOfATimeThatIsOne(String from, @Nullable String to, @Nullable String zone, String why) {
    List<String> arguments = new ArrayList<>(List.of("accounts", "--from", from));
    if (to != null) {
      arguments.addAll(List.of("--to", to));
    }
    if (zone != null) {
      arguments.addAll(List.of("--zone", zone));
    }
    StringWriter err = new StringWriter();

    int exitCode =
        Main.commandLine().setErr(new PrintWriter(err)).execute(arguments.toArray(String[]::new));

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains(why);
  }

  @Test
  void sayThatNothingHappened() {
    Accounts nothing =
        new Accounts(
            FROM, TO, ZoneId.of("UTC"), List.of(), new ServiceRecords.Content(List.of(), 0));

    assertThat(nothing.text())
        .contains("Nothing was bought, given away or refunded.")
        .endsWith("Served 0 hours to 0 wallets in 0 sessions");
    assertThat(nothing.csv()).hasSize(1);
  }
}

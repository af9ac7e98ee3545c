package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.HOUR;
import static org.hourgate.chain.TestChain.HOUR_PRODUCT;
import static org.hourgate.chain.TestChain.OWNER;
import static org.hourgate.chain.TestChain.PRICE;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.hourgate.chain.Booking.Kind;
import org.hourgate.credential.WalletAddress;
import org.hourgate.testing.FaultyRpc;
import org.hourgate.testing.TestDollar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a seller's books say, and what is counted while the gate runs. */
final class BooksTest {

  private static final BigInteger FIVE_DOLLARS = BigInteger.valueOf(5_000_000);

  private final TestChain chain = new TestChain();
  private final HourgateContract contract = chain.contract();

  @AfterEach
  void stop() {
    chain.close();
  }

  private List<Booking> read(Instant from, Instant to) {
    try (Books books = Books.open(chain.config())) {
      return books.read(from, to);
    }
  }

  private List<Booking> readAll() {
    return read(Instant.EPOCH, Instant.EPOCH.plus(Duration.ofDays(100_000)));
  }

  @Test
  void tellWhatEveryChangeOfSomebodysTimeWas() {
    WalletAddress dollar = TestDollar.deploy(contract.transactor(), OWNER);
    TestDollar.mint(contract.transactor(), OWNER, dollar, ALICE.address(), 100);
    long forDollars = contract.addProduct(OWNER, dollar, FIVE_DOLLARS, Duration.ofDays(1));
    contract.token(dollar).approve(ALICE, contract.address(), FIVE_DOLLARS);

    Receipt bought = chain.buyHour(ALICE);
    Instant first = chain.paidUntil(ALICE);
    contract.purchaseFor(ALICE, HOUR_PRODUCT, BOB.address(), PRICE);
    contract.purchaseProduct(ALICE, forDollars, BigInteger.ZERO);
    contract.grant(OWNER, BOB.address(), Duration.ofMinutes(5));
    contract.revokeCredentials(ALICE);
    contract.refund(OWNER, BOB.address(), ALICE.address(), BigInteger.TWO);

    List<Booking> bookings = readAll();

    assertThat(bookings)
        .extracting(Booking::kind)
        .containsExactly(Kind.PURCHASE, Kind.PURCHASE, Kind.PURCHASE, Kind.GRANT, Kind.REFUND);
    Booking own = bookings.getFirst();
    assertThat(own.transaction()).isEqualTo(bought.transaction());
    assertThat(own.block()).isEqualTo(bought.block());
    assertThat(own.account()).isEqualTo(ALICE.address());
    assertThat(own.other()).contains(ALICE.address());
    assertThat(own.product()).isEqualTo(OptionalLong.of(HOUR_PRODUCT));
    assertThat(own.currency()).isEqualTo(Currency.ETHER);
    assertThat(own.amount()).isEqualTo(PRICE);
    assertThat(own.duration()).isEqualTo(HOUR);
    assertThat(own.paidUntil()).isEqualTo(first);
    assertThat(own.time()).isEqualTo(first.minus(HOUR));
    assertThat(bookings.get(1).account()).isEqualTo(BOB.address());
    assertThat(bookings.get(1).other()).contains(ALICE.address());
    assertThat(bookings.get(2).currency()).isEqualTo(new Currency(Optional.of(dollar), "TUSD", 6));
    assertThat(bookings.get(2).amount()).isEqualTo(FIVE_DOLLARS);
    assertThat(bookings.get(3).account()).isEqualTo(BOB.address());
    assertThat(bookings.get(3).duration()).isZero();
    assertThat(bookings.getLast().other()).contains(ALICE.address());
    assertThat(bookings.getLast().amount()).isEqualTo(BigInteger.TWO);
  }

  @Test
  void holdWhatFallsIntoTheTimeAskedForAndNothingElse() {
    chain.buyHour(ALICE);
    chain.anvil().increaseTime(Duration.ofHours(10));
    chain.buyHour(BOB);
    Instant second = chain.paidUntil(BOB).minus(HOUR);

    assertThat(read(second, second.plusSeconds(1)))
        .extracting(Booking::account)
        .containsExactly(BOB.address());
    assertThat(read(Instant.EPOCH, second))
        .extracting(Booking::account)
        .containsExactly(ALICE.address());
    assertThat(read(second.plusSeconds(1), second.plusSeconds(9))).isEmpty();
  }

  @Test
  void areReadAlsoWhereTheNodeTakesShortRangesOnly() {
    chain.buyHour(ALICE);
    chain.anvil().mine(20);
    chain.buyHour(BOB);
    FaultyRpc node = chain.stub();
    node.behave(
        "eth_getLogs",
        question -> {
          if (question.blocks() > 3) {
            question.error(-32005, "range too long");
          } else {
            question.passOn();
          }
        });

    try (Books books = Books.open(chain.config(node.uri()))) {
      assertThat(books.read(Instant.EPOCH, Instant.EPOCH.plus(Duration.ofDays(100_000))))
          .hasSize(2);
    }
  }

  @Test
  void countPurchasesWhileTheGateRunsAndNoneFromBefore() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config());
    assertThat(ledger.status().fit()).isTrue();
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              chain.buyHour(BOB); // Until the counting has begun.
              assertThat(count("hourgate.purchases")).isPositive();
            });

    double before = count("hourgate.purchases");
    chain.buyHour(BOB);
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              double purchases = count("hourgate.purchases");
              assertThat(purchases).isGreaterThan(before);
              assertThat(count("hourgate.sold.seconds")).isEqualTo(3600 * purchases);
              assertThat(count("hourgate.revenue.ether") * 1e18)
                  .isCloseTo(PRICE.doubleValue() * purchases, within(1e-6));
            });
  }

  private double count(String name) {
    return chain.meters.get(name).tag("offer", "0").counter().count();
  }
}

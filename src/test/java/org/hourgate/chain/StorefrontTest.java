package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.HOUR;
import static org.hourgate.chain.TestChain.HOUR_PRODUCT;
import static org.hourgate.chain.TestChain.OWNER;
import static org.hourgate.chain.TestChain.PRICE;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.hourgate.credential.WalletAddress;
import org.hourgate.testing.FaultyRpc;
import org.hourgate.testing.TestDollar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StorefrontTest {

  private final TestChain chain = new TestChain();

  @AfterEach
  void stop() {
    chain.close();
  }

  @Test
  void showsWhatIsForSaleAndWhatChanges() {
    Storefront store = chain.follow(chain.config()).storefront();
    Shelf first = awaitShelf(store, shelf -> true);
    assertThat(first.owner()).isEqualTo(OWNER.address());
    assertThat(first.paused()).isFalse();
    assertThat(first.offers())
        .containsExactly(
            new Offer(new Product(HOUR_PRODUCT, Optional.empty(), PRICE, HOUR, true), "", 18));

    chain.contract().addProduct(OWNER, BigInteger.TEN, Duration.ofMinutes(5));
    chain.contract().setActive(OWNER, HOUR_PRODUCT, false);
    chain.contract().pause(OWNER);

    Shelf changed = awaitShelf(store, Shelf::paused);
    assertThat(changed.offers())
        .extracting(offer -> offer.product().active())
        .containsExactly(false, true);
    assertThat(store.head().orElseThrow().number()).isGreaterThan(3);
  }

  @Test
  void tellsWhatWasBoughtForAWalletAndByItNewestFirst() {
    Receipt own = chain.buyHour(ALICE);
    Receipt gift = chain.contract().purchaseFor(ALICE, HOUR_PRODUCT, BOB.address(), PRICE);
    chain.buyHour(BOB);
    Storefront store = chain.follow(chain.config()).storefront();

    List<Purchase> purchases = purchases(store);

    assertThat(purchases)
        .extracting(Purchase::transaction)
        .containsExactly(gift.transaction(), own.transaction());
    Purchase first = purchases.getLast();
    assertThat(first.block()).isEqualTo(own.block());
    assertThat(first.account()).isEqualTo(ALICE.address());
    assertThat(first.payer()).isEqualTo(ALICE.address());
    assertThat(first.product()).isEqualTo(HOUR_PRODUCT);
    assertThat(first.price()).isEqualTo(PRICE);
    assertThat(first.token()).isEmpty();
    assertThat(first.paidUntil()).isEqualTo(chain.paidUntil(ALICE));
    assertThat(first.time()).isEqualTo(first.paidUntil().minus(HOUR));
    assertThat(purchases.getFirst().account()).isEqualTo(BOB.address());
  }

  @Test
  void tellsOfAPurchaseThatFollowsTheLastLookAtOnce() {
    Storefront store = chain.follow(chain.config()).storefront();
    assertThat(purchases(store)).isEmpty();

    Receipt bought = chain.buyHour(ALICE);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> store.head().filter(head -> head.number() >= bought.block()).isPresent());

    assertThat(purchases(store))
        .extracting(Purchase::transaction)
        .containsExactly(bought.transaction());
  }

  @Test
  void tellsOfAPurchaseWhoseBlockIsNotFollowedYet() {
    ChainLedger ledger = chain.follow(chain.config().withPoll(Duration.ofHours(1)));

    Receipt bought = chain.buyHour(ALICE);

    assertThat(purchases(ledger.storefront()))
        .extracting(Purchase::transaction)
        .containsExactly(bought.transaction());
  }

  @Test
  void findsPurchasesWhereTheNodeTakesShortRangesOnly() {
    Receipt first = chain.buyHour(ALICE);
    chain.anvil().mine(20);
    Receipt second = chain.buyHour(ALICE);
    FaultyRpc node = chain.stub();
    refuseLogsOfMoreThan(node, 4);
    ChainLedger ledger = chain.follow(chain.config(node.uri()));

    assertThat(purchases(ledger.storefront()))
        .extracting(Purchase::transaction)
        .containsExactly(second.transaction(), first.transaction());
    assertThat(ledger.status().fit()).isTrue();
  }

  @Test
  void keepsWhatWasReadAndTheNodeFitWhenAQuestionOfThePageFails() {
    FaultyRpc node = chain.stub();
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    awaitShelf(ledger.storefront(), shelf -> true);
    refuseLogsOfMoreThan(node, 0);

    assertThat(ledger.storefront().purchases(ALICE.address(), 0).toCompletableFuture())
        .failsWithin(Duration.ofMinutes(1));
    assertThat(ledger.status().fit()).isTrue();
    assertThat(ledger.storefront().shelf()).isPresent();
  }

  @Test
  void tellsWhatWasEarnedByCurrencyAndByProduct() {
    WalletAddress dollar = TestDollar.deploy(chain.contract().transactor(), OWNER);
    long inDollars =
        chain.contract().addProduct(OWNER, dollar, BigInteger.valueOf(5), Duration.ofMinutes(5));
    chain.buyHour(ALICE);
    chain.buyHour(BOB);
    buyForDollars(dollar, inDollars);
    chain.anvil().mine(100); // Beyond what a reorganisation may reach.
    chain.contract().refund(OWNER, ALICE.address(), ALICE.address(), BigInteger.TEN);
    ChainLedger ledger = chain.follow(chain.config());
    Storefront store = ledger.storefront();
    awaitShelf(store, shelf -> shelf.offers().size() == 2);

    Takings first = takings(store);

    assertThat(first.holdings())
        .containsExactly(
            new Takings.Holding(Currency.ETHER, PRICE.multiply(BigInteger.TWO)),
            new Takings.Holding(
                new Currency(Optional.of(dollar), "TUSD", 6), BigInteger.valueOf(5)));
    assertThat(first.sold())
        .containsExactly(
            new Takings.Sold(HOUR_PRODUCT, 2, PRICE.multiply(BigInteger.TWO)),
            new Takings.Sold(inDollars, 1, BigInteger.valueOf(5)));
    assertThat(first.countedTo()).isEqualTo(first.block());

    chain.buyHour(BOB);
    chain.time.advance(Duration.ofSeconds(10));
    assertThat(takings(store).sold())
        .contains(new Takings.Sold(HOUR_PRODUCT, 3, PRICE.multiply(BigInteger.valueOf(3))));
    chain.contract().withdraw(OWNER, BOB.address());
    chain.time.advance(Duration.ofSeconds(10));
    assertThat(takings(store).holdings().getFirst().amount()).isZero();
  }

  @Test
  void takesBackWhatAReorganisationTookAway() {
    chain.buyHour(ALICE);
    chain.anvil().mine(3);
    Storefront store = chain.follow(chain.config()).storefront();
    awaitShelf(store, shelf -> true);
    chain.buyHour(BOB);
    assertThat(takings(store).sold()).extracting(Takings.Sold::count).containsExactly(2L);

    chain.anvil().reorg(1);
    chain.time.advance(Duration.ofSeconds(10));

    assertThat(takings(store).sold()).extracting(Takings.Sold::count).containsExactly(1L);
  }

  @Test
  void countsALongHistoryInSteps() {
    chain.buyHour(ALICE);
    chain.anvil().mine(150);
    chain.buyHour(BOB);
    Shelf shelf = awaitShelf(chain.follow(chain.config()).storefront(), _ -> true);
    FaultyRpc slow = chain.stub();
    slow.behave(
        "eth_getLogs",
        question -> {
          chain.time.advance(Duration.ofSeconds(5));
          question.passOn();
        });
    TakingsReader reader = new TakingsReader(chain.config(), chain.time, 50);
    try (ChainNode node = new ChainNode(slow.uri(), Duration.ofMinutes(1), chain.meters)) {
      Takings first = reader.read(node, shelf, 0);
      assertThat(first.countedTo()).isEqualTo(49);
      assertThat(first.sold()).extracting(Takings.Sold::count).containsExactly(1L);

      Takings second = reader.read(node, shelf, 0);
      assertThat(second.countedTo()).isEqualTo(second.block());
      assertThat(second.sold()).extracting(Takings.Sold::count).containsExactly(2L);
    }
  }

  @Test
  void tellsAtOnceWhoseTheContractIs() {
    Storefront store = chain.follow(chain.config()).storefront();
    assertThat(store.owner().toCompletableFuture().join()).isEqualTo(OWNER.address());

    chain
        .contract()
        .send(OWNER, ContractCall.of("transferOwnership", ContractCall.address(ALICE.address())));
    chain.contract().send(ALICE, ContractCall.of("acceptOwnership"));
    chain.time.advance(Duration.ofSeconds(3));

    assertThat(store.owner().toCompletableFuture().join()).isEqualTo(ALICE.address());
  }

  @Test
  void noNodeAloneMakesSomebodyTheOwner() {
    FaultyRpc liar = chain.stub();
    ChainLedger ledger = chain.follow(chain.config(liar.uri(), chain.anvil().rpc()));
    awaitShelf(ledger.storefront(), shelf -> true);
    String getOwner = Words.selector("getOwner()");
    liar.behave(
        "eth_call",
        question -> {
          if (question.mentions(getOwner)) {
            question.result("\"0x" + Words.word(BOB.address()) + "\"");
          } else {
            question.passOn();
          }
        });
    chain.time.advance(Duration.ofSeconds(10));

    assertThat(ledger.storefront().owner().toCompletableFuture())
        .failsWithin(Duration.ofMinutes(1))
        .withThrowableThat()
        .withMessageContaining("do not agree on the owner");
  }

  private void buyForDollars(WalletAddress dollar, long product) {
    TestDollar.mint(chain.contract().transactor(), OWNER, dollar, BOB.address(), 5);
    chain.contract().token(dollar).approve(BOB, chain.contract().address(), BigInteger.valueOf(5));
    chain.contract().purchaseFor(BOB, product, BOB.address(), BigInteger.ZERO);
  }

  private static Takings takings(Storefront store) {
    return store.takings(0).toCompletableFuture().join();
  }

  private static void refuseLogsOfMoreThan(FaultyRpc node, long blocks) {
    node.behave(
        "eth_getLogs",
        question -> {
          if (question.blocks() > blocks) {
            question.error(-32005, "range too long");
          } else {
            question.passOn();
          }
        });
  }

  private static List<Purchase> purchases(Storefront store) {
    return store.purchases(ALICE.address(), 0).toCompletableFuture().join();
  }

  private static Shelf awaitShelf(Storefront store, Predicate<Shelf> condition) {
    await().atMost(Duration.ofMinutes(1)).until(() -> store.shelf().filter(condition).isPresent());
    return store.shelf().orElseThrow();
  }
}

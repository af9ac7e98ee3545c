package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.HOUR;
import static org.hourgate.chain.TestChain.HOUR_PRODUCT;
import static org.hourgate.chain.TestChain.OWNER;
import static org.hourgate.chain.TestChain.PRICE;
import static org.hourgate.chain.TestChain.known;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.testing.Faults;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A dear purchase waits for three blocks, a cheap one counts at once. */
final class ConfirmationsByPriceTest {

  private static final BigInteger DEAR = PRICE.multiply(BigInteger.TEN);
  private static final long DEAR_PRODUCT = 1;
  private static final Confirmations BY_PRICE =
      new Confirmations(1, List.of(new Confirmations.Level(Optional.empty(), DEAR, 3)));

  private final TestChain chain = new TestChain();
  private final FaultyRpc node = chain.stub();

  @BeforeEach
  void sell() {
    assertThat(chain.contract().addProduct(OWNER, DEAR, HOUR)).isEqualTo(DEAR_PRODUCT);
    chain.anvil().mine(2);
  }

  @AfterEach
  void stop() {
    chain.close();
  }

  private ChainLedger follow() {
    return chain.follow(chain.config(node.uri()).withConfirmations(BY_PRICE));
  }

  private ChainLedger followAlice() {
    ChainLedger ledger = follow();
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    return ledger;
  }

  private void buyDear(WalletKey wallet) {
    chain.contract().purchaseProduct(wallet, DEAR_PRODUCT, DEAR);
  }

  private Entitlement paid(WalletKey wallet) {
    return new Entitlement(chain.paidUntil(wallet), Instant.EPOCH);
  }

  @Test
  void countsACheapPurchaseAtOnce() {
    ChainLedger ledger = followAlice();
    chain.buyHour(ALICE);

    assertThat(chain.listener.await(change -> true).entitlement()).isEqualTo(paid(ALICE));
    chain.buyHour(BOB);
    chain.awaitHead(ledger);
    assertThat(known(ledger, BOB)).isEqualTo(paid(BOB));
  }

  @Test
  void countsADearPurchaseWhenItsBlockAndTwoMoreAreThere() {
    ChainLedger ledger = followAlice();
    buyDear(ALICE);
    chain.awaitHead(ledger);
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
    chain.anvil().mine(1);
    chain.awaitHead(ledger);
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
    assertThat(chain.listener.changes()).isEmpty();

    chain.anvil().mine(1);

    assertThat(chain.listener.await(change -> true).entitlement()).isEqualTo(paid(ALICE));
    assertThat(known(ledger, ALICE)).isEqualTo(paid(ALICE));
  }

  @Test
  void holdsACheapPurchaseOnTopOfADearOneUntilThatCounts() {
    ChainLedger ledger = follow();
    buyDear(ALICE);
    chain.buyHour(ALICE);
    chain.awaitHead(ledger);
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
    chain.anvil().mine(1);
    chain.awaitHead(ledger);
    assertThat(known(ledger, ALICE)).isEqualTo(paid(ALICE));
  }

  @Test
  void keepsTheTimeBoughtBefore() {
    ChainLedger ledger = follow();
    chain.buyHour(ALICE);
    Entitlement before = paid(ALICE);
    buyDear(ALICE);
    chain.awaitHead(ledger);

    assertThat(known(ledger, ALICE)).isEqualTo(before);
  }

  @Test
  void knowsAtTheStartWhatWasBoughtShortlyBefore() {
    buyDear(ALICE);
    chain.anvil().mine(1);
    ChainLedger ledger = follow();
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);

    chain.anvil().mine(1);
    chain.awaitHead(ledger);

    assertThat(known(ledger, ALICE)).isEqualTo(paid(ALICE));
  }

  @Test
  void asksAnewAboutADearPurchaseThatAReorganisationMoved() {
    ChainLedger ledger = follow();
    buyDear(ALICE);
    chain.anvil().mine(1);
    chain.awaitHead(ledger);
    chain.anvil().reorg(2);
    buyDear(ALICE);
    chain.anvil().mine(1);
    chain.awaitHead(ledger);
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);

    chain.anvil().mine(1);
    chain.awaitHead(ledger);

    assertThat(known(ledger, ALICE)).isEqualTo(paid(ALICE));
  }

  @Test
  void makesEveryPurchaseWaitWhereLogsCanNotBeHad() {
    ChainLedger ledger = follow();
    node.behave("eth_getLogs", Faults.error(-32_601, "no such method"));
    chain.contract().purchaseProduct(ALICE, HOUR_PRODUCT, PRICE);
    chain.awaitHead(ledger);
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);

    chain.anvil().mine(2);
    chain.awaitHead(ledger);

    assertThat(known(ledger, ALICE)).isEqualTo(paid(ALICE));
  }

  @Test
  void comparesPricesOfTheSameCurrencyOnly() {
    WalletAddress token = new WalletAddress("7".repeat(40));
    Confirmations confirmations =
        new Confirmations(
            2,
            List.of(
                new Confirmations.Level(Optional.empty(), BigInteger.valueOf(100), 5),
                new Confirmations.Level(Optional.empty(), BigInteger.valueOf(50), 3),
                new Confirmations.Level(Optional.of(token), BigInteger.valueOf(10), 9)));

    assertThat(confirmations.longest()).isEqualTo(9);
    assertThat(confirmations.needed(product(Optional.empty(), 49))).isEqualTo(2);
    assertThat(confirmations.needed(product(Optional.empty(), 50))).isEqualTo(3);
    assertThat(confirmations.needed(product(Optional.empty(), 1_000))).isEqualTo(5);
    assertThat(confirmations.needed(product(Optional.of(token), 10))).isEqualTo(9);
    assertThat(confirmations.needed(product(Optional.of(ALICE.address()), 10))).isEqualTo(2);
  }

  private static Product product(Optional<WalletAddress> token, long price) {
    return new Product(0, token, BigInteger.valueOf(price), HOUR, true);
  }
}

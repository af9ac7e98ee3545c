package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.known;

import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.hourgate.entitlement.Entitlement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReorganisationTest {

  private final TestChain chain = new TestChain();

  @AfterEach
  void stop() {
    chain.close();
  }

  private ChainLedger followAlice() {
    ChainLedger ledger = chain.follow(chain.config());
    ledger.watch(ALICE.address());
    assertThat(chain.listener.await(change -> true).entitlement()).isEqualTo(Entitlement.NONE);
    return ledger;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void tellsThatAPurchaseIsGone(int depth) {
    ChainLedger ledger = followAlice();
    chain.buyHour(ALICE);
    assertThat(chain.listener.await(change -> true).paidUntil()).isAfter(Instant.EPOCH);
    if (depth > 1) {
      chain.anvil().mine(depth - 1);
      chain.awaitHead(ledger);
    }

    chain.anvil().reorg(depth);

    RecordingListener.Change change = chain.listener.await(c -> true);
    assertThat(change)
        .isEqualTo(new RecordingListener.Change(ALICE.address(), Entitlement.NONE, true));
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
  }

  @Test
  void tellsNoFallWhenThePurchaseIsInTheOtherBlocksToo() {
    ChainLedger ledger = followAlice();
    Receipt purchase = chain.buyHour(ALICE);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));
    String raw =
        chain.anvil().call("eth_getRawTransactionByHash", purchase.transaction()).asString();

    chain.anvil().reorg(1, HexFormat.of().parseHex(raw.substring(2)), 0);

    // Bob's later purchase is told: until then the reorganisation was dealt with.
    ledger.watch(BOB.address());
    chain.buyHour(BOB);
    await()
        .atMost(1, TimeUnit.MINUTES)
        .until(
            () ->
                chain.listener.changes().stream()
                    .anyMatch(
                        change ->
                            change.wallet().equals(BOB.address())
                                && change.paidUntil().isAfter(Instant.EPOCH)));
    assertThat(chain.listener.changes())
        .filteredOn(change -> change.wallet().equals(ALICE.address()))
        .noneMatch(change -> change.entitlement().equals(Entitlement.NONE));
    assertThat(known(ledger, ALICE).paidUntil())
        .isEqualTo(chain.paidUntil(ALICE))
        .isAfter(Instant.EPOCH);
  }

  @Test
  void seesAPurchaseBoughtAgainAfterItWasGone() {
    followAlice();
    chain.buyHour(ALICE);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));
    chain.anvil().reorg(1);
    chain.listener.await(change -> change.entitlement().equals(Entitlement.NONE));

    chain.buyHour(ALICE);

    RecordingListener.Change again = chain.listener.await(change -> true);
    assertThat(again.paidUntil()).isEqualTo(chain.paidUntil(ALICE));
    assertThat(again.afterReorganisation()).isFalse();
  }

  @Test
  void tellsWhatALowerHeadTookBack() {
    followAlice();
    String before = chain.anvil().snapshot();
    chain.buyHour(ALICE);
    chain.anvil().mine(3);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));

    chain.anvil().revert(before);

    assertThat(chain.listener.await(change -> true))
        .isEqualTo(new RecordingListener.Change(ALICE.address(), Entitlement.NONE, true));
  }

  @Test
  void forgetsAnswersFromBlocksThatAreGone() {
    ChainLedger ledger = followAlice();
    chain.buyHour(BOB);
    chain.awaitHead(ledger);
    assertThat(known(ledger, BOB).paidUntil()).isAfter(Instant.EPOCH);

    // Alice's purchase is in the same block's place later: when she is told, the cache is empty.
    chain.anvil().reorg(1);
    chain.buyHour(ALICE);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));

    assertThat(known(ledger, BOB)).isEqualTo(Entitlement.NONE);
  }
}

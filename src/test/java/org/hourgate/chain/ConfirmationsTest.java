package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.known;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger.Reading;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConfirmationsTest {

  private final TestChain chain = new TestChain();

  @AfterEach
  void stop() {
    chain.close();
  }

  private ChainLedger followBoth() {
    chain.anvil().mine(2);
    ChainLedger ledger = chain.follow(chain.config().withConfirmations(3));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> change.wallet().equals(ALICE.address()));
    ledger.watch(BOB.address());
    chain.listener.await(change -> change.wallet().equals(BOB.address()));
    return ledger;
  }

  @Test
  void countsAPurchaseOnceItsBlockAndTwoMoreAreThere() {
    ChainLedger ledger = followBoth();
    chain.buyHour(ALICE);
    chain.awaitHead(ledger);
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
    assertThat(ledger.readLatest(Set.of(ALICE.address())).toCompletableFuture().join())
        .isEqualTo(
            new Reading.Complete(
                Map.of(ALICE.address(), new Entitlement(chain.paidUntil(ALICE), Instant.EPOCH))));
    chain.anvil().mine(1);
    chain.awaitHead(ledger);
    chain.time.advance(Duration.ofSeconds(3));
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
    assertThat(chain.listener.changes()).isEmpty();

    chain.anvil().mine(1);

    assertThat(chain.listener.await(change -> true))
        .isEqualTo(
            new RecordingListener.Change(
                ALICE.address(), new Entitlement(chain.paidUntil(ALICE), Instant.EPOCH), false));
  }

  @Test
  void countsAPurchaseWhoseLastConfirmationCouldNotBeReadAtFirst() {
    FaultyRpc node = chain.stub();
    chain.anvil().mine(2);
    ChainLedger ledger = chain.follow(chain.config(node.uri()).withConfirmations(2));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    chain.buyHour(ALICE);
    chain.awaitHead(ledger);

    AtomicBoolean failed = new AtomicBoolean();
    node.behave(
        "eth_call",
        question -> {
          if (question.mentions(ALICE.address().hex()) && failed.compareAndSet(false, true)) {
            question.error(-32_000, "limit exceeded");
          } else {
            question.passOn();
          }
        });
    chain.anvil().mine(1);

    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
    assertThat(failed).isTrue();
  }

  @Test
  void countsARevocationAtOnce() {
    followBoth();
    chain.contract().revokeCredentials(ALICE);
    assertThat(chain.listener.await(change -> true).entitlement().credentialsFrom())
        .isEqualTo(chain.anvil().headTime());
  }

  @Test
  void isNotMovedByAReorganisationOfUnconfirmedBlocks() {
    followBoth();
    chain.buyHour(ALICE);
    chain.anvil().mine(1);
    chain.anvil().reorg(2);
    chain.buyHour(BOB);
    chain.anvil().mine(2);

    assertThat(chain.listener.await(change -> true).wallet()).isEqualTo(BOB.address());
    assertThat(chain.listener.changes()).isEmpty();
  }

  @Test
  void countsAFallAtOnce() {
    followBoth();
    chain.buyHour(ALICE);
    chain.anvil().mine(2);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));

    chain.anvil().reorg(3);

    assertThat(chain.listener.await(change -> true))
        .isEqualTo(new RecordingListener.Change(ALICE.address(), Entitlement.NONE, true));
  }

  @Test
  void isUnfitWhileTheContractIsYoungerThanTheConfirmations() {
    ChainLedger ledger = chain.start(chain.config().withConfirmations(3));
    TestChain.awaitUnfit(ledger, "does not answer accessOf");
    chain.anvil().mine(1);
    TestChain.awaitFit(ledger);
  }
}

package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.HOUR;
import static org.hourgate.chain.TestChain.answer;
import static org.hourgate.chain.TestChain.known;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger.Reading;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ChainLedgerTest {

  private final TestChain chain = new TestChain();

  @AfterEach
  void stop() {
    chain.close();
  }

  @Test
  void answersWhatTheContractSays() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config());

    assertThat(known(ledger, ALICE))
        .isEqualTo(new Entitlement(chain.paidUntil(ALICE), Instant.EPOCH));
    assertThat(known(ledger, BOB)).isEqualTo(Entitlement.NONE);
  }

  @Test
  void tellsAPurchaseAnExtensionAndARevocation() {
    ChainLedger ledger = chain.follow(chain.config());
    ledger.watch(ALICE.address());
    assertThat(chain.listener.await(change -> true).entitlement()).isEqualTo(Entitlement.NONE);

    chain.buyHour(ALICE);
    Instant first = chain.listener.await(change -> true).paidUntil();
    assertThat(first).isEqualTo(chain.paidUntil(ALICE));

    chain.buyHour(ALICE);
    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(first.plus(HOUR));

    chain.contract().revokeCredentials(ALICE);
    RecordingListener.Change revoked = chain.listener.await(change -> true);
    assertThat(revoked.entitlement().credentialsFrom()).isEqualTo(chain.anvil().headTime());
    assertThat(revoked.paidUntil()).isEqualTo(first.plus(HOUR));
    assertThat(revoked.afterReorganisation()).isFalse();
    assertThat(known(ledger, ALICE)).isEqualTo(revoked.entitlement());
  }

  @Test
  void readsTheNewestBlockPastTheCache() {
    ChainLedger ledger = chain.follow(chain.config());
    assertThat(answer(ledger, ALICE)).isNotNull();
    chain.buyHour(ALICE);

    assertThat(
            ledger.readLatest(Set.of(ALICE.address(), BOB.address())).toCompletableFuture().join())
        .isEqualTo(
            new Reading.Complete(
                Map.of(
                    ALICE.address(),
                    new Entitlement(chain.paidUntil(ALICE), Instant.EPOCH),
                    BOB.address(),
                    Entitlement.NONE)));
  }
}

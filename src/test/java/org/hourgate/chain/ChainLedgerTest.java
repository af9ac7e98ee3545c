package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.HOUR;
import static org.hourgate.chain.TestChain.answer;
import static org.hourgate.chain.TestChain.known;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hourgate.app.lab.Anvil;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
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
  void tellsWhatItReadsFirstEachTimeAWalletIsWatched() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config());
    Entitlement paid = known(ledger, ALICE);
    for (int i = 0; i < 2; i++) {
      ledger.watch(ALICE.address());
      assertThat(chain.listener.await(change -> true))
          .isEqualTo(new RecordingListener.Change(ALICE.address(), paid, false));
    }
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

  @Test
  void takesTheLatestOfSeveralContracts() {
    try (HourgateContract older = chain.contract();
        HourgateContract newer = chain.deploy()) {
      ChainLedger ledger =
          chain.follow(
              ChainConfig.of(
                      Anvil.CHAIN_ID,
                      List.of(chain.anvil().rpc()),
                      List.of(newer.address(), older.address()))
                  .withPoll(Duration.ofMillis(50))
                  .withMaxHeadAge(Optional.empty()));
      ledger.watch(ALICE.address());
      chain.listener.await(change -> true);

      older.purchaseProduct(ALICE, 0, TestChain.PRICE);
      Instant first = chain.listener.await(change -> true).paidUntil();
      assertThat(first).isEqualTo(older.entitlementOf(ALICE.address()).paidUntil());
      chain.anvil().increaseTime(Duration.ofMinutes(1));
      newer.purchaseProduct(ALICE, 0, TestChain.PRICE);
      assertThat(chain.listener.await(change -> true).paidUntil())
          .isEqualTo(newer.entitlementOf(ALICE.address()).paidUntil())
          .isAfter(first);
      newer.revokeCredentials(ALICE);
      Instant revoked = chain.anvil().headTime();
      assertThat(chain.listener.await(change -> true).entitlement().credentialsFrom())
          .isEqualTo(revoked);
      chain.anvil().increaseTime(Duration.ofMinutes(1));
      older.revokeCredentials(ALICE);
      assertThat(chain.listener.await(change -> true).entitlement().credentialsFrom())
          .isAfter(revoked);
    }
  }

  @Test
  void readsManyWalletsAndMeasuresIt() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config());
    Set<WalletAddress> wallets = new HashSet<>();
    for (int i = 0; i < 1_200; i++) {
      wallets.add(new WalletAddress("%040x".formatted(i)));
    }
    wallets.add(ALICE.address());
    Timer calls =
        chain
            .meters
            .get("hourgate.chain.rpc.duration")
            .tags("method", "eth_call", "outcome", "ok")
            .timer();
    long before = calls.count();

    Reading reading = ledger.readLatest(wallets).toCompletableFuture().join();

    assertThat(((Reading.Complete) reading).entitlements())
        .hasSize(1_201)
        .containsEntry(ALICE.address(), new Entitlement(chain.paidUntil(ALICE), Instant.EPOCH));
    assertThat(calls.count() - before).isEqualTo(3);
    assertThat(chain.meters.get("hourgate.chain.endpoint.up").tags("endpoint", "0").gauge().value())
        .isEqualTo(1);
    assertThat(chain.meters.get("hourgate.chain.block").tags("kind", "latest").gauge().value())
        .isEqualTo((double) chain.anvil().blockNumber());
    assertThat(chain.meters.get("hourgate.chain.head.timestamp.seconds").gauge().value())
        .isEqualTo((double) chain.anvil().headTime().getEpochSecond());
  }

  @Test
  void saysNothingOfAWalletThatIsNotWatched() {
    ChainLedger ledger = chain.follow(chain.config());
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    ledger.watch(BOB.address());
    chain.listener.await(change -> true);
    ledger.unwatch(BOB.address());

    chain.buyHour(BOB);
    chain.buyHour(ALICE);

    assertThat(chain.listener.await(change -> true).wallet()).isEqualTo(ALICE.address());
    assertThat(chain.listener.changes()).isEmpty();
  }

  @Test
  void goesOnAfterAListenerFailed() {
    ChainLedger ledger = new ChainLedger(chain.config(), chain.time, chain.meters);
    AtomicInteger told = new AtomicInteger();
    try (ledger) {
      ledger.start(
          (wallet, entitlement, afterReorganisation) -> {
            told.incrementAndGet();
            throw new IllegalStateException("this is part of the test");
          });
      ledger.watch(ALICE.address());
      ledger.watch(BOB.address());
      await().atMost(1, TimeUnit.MINUTES).untilAtomic(told, equalTo(2));
      TestChain.awaitFit(ledger);
    }
  }

  @Test
  void isUnfitBeforeItStarts() {
    try (ChainLedger ledger = new ChainLedger(chain.config(), chain.time, chain.meters)) {
      assertThat(ledger.status())
          .isEqualTo(new ChainStatus(false, List.of("not started"), Instant.EPOCH, false));
      assertThat(TestChain.reason(ledger, ALICE)).contains("not asked yet");
    }
  }
}

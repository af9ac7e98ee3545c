package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.known;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger.Answer;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LookupsTest {

  private final TestChain chain = new TestChain();
  private final FaultyRpc node = chain.stub();

  @AfterEach
  void stop() {
    chain.close();
  }

  private long calls(long before) {
    return node.asked("eth_call") - before;
  }

  private static List<WalletAddress> wallets(int count) {
    Random random = new Random(count);
    List<WalletAddress> wallets = new ArrayList<>();
    byte[] bytes = new byte[20];
    for (int i = 0; i < count; i++) {
      random.nextBytes(bytes);
      wallets.add(new WalletAddress(HexFormat.of().formatHex(bytes)));
    }
    return wallets;
  }

  @Test
  void asksForManyWalletsInFewCalls() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    long before = node.asked("eth_call");
    CountDownLatch open = new CountDownLatch(1);
    node.behave(
        "eth_call",
        question -> {
          open.await();
          question.passOn();
        });
    List<WalletAddress> wallets = wallets(10_000);
    wallets.add(5_000, ALICE.address());
    List<CompletableFuture<Answer>> answers =
        wallets.stream().map(w -> ledger.entitlementOf(w).toCompletableFuture()).toList();
    open.countDown();

    for (int i = 0; i < wallets.size(); i++) {
      Entitlement expected =
          i == 5_000 ? new Entitlement(chain.paidUntil(ALICE), Instant.EPOCH) : Entitlement.NONE;
      assertThat(answers.get(i).join())
          .isEqualTo(new Answer.Known(expected, chain.time.wallTime()));
    }
    // At best 21 of 500, each twice because nothing is paid; more when the machine is too slow to
    // ask them within 5 ms.
    assertThat(calls(before)).isBetween(42L, 200L);
  }

  @Test
  void asksOnceForAWalletThatManyAskFor() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    CountDownLatch open = new CountDownLatch(1);
    node.behave(
        "eth_call",
        question -> {
          open.await();
          question.passOn();
        });
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(ledger.entitlementOf(BOB.address()).toCompletableFuture());
    }
    await().atMost(1, TimeUnit.MINUTES).until(() -> node.askedAbout(BOB.address().hex()) == 1);
    for (int i = 0; i < 100; i++) {
      answers.add(ledger.entitlementOf(BOB.address()).toCompletableFuture());
    }
    open.countDown();
    answers.forEach(CompletableFuture::join);
    assertThat(node.askedAbout(BOB.address().hex())).isEqualTo(2); // Twice: nothing is paid.
  }

  @Test
  void remembersPaidTimeForFiveMinutesAndNoTimeNever() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    known(ledger, ALICE);
    known(ledger, BOB);
    assertThat(node.askedAbout(BOB.address().hex())).isEqualTo(2);

    known(ledger, BOB);
    assertThat(node.askedAbout(BOB.address().hex())).isEqualTo(4);

    chain.time.advance(Duration.ofSeconds(2));
    chain.time.advance(Duration.ofSeconds(297));
    known(ledger, ALICE);
    assertThat(node.askedAbout(ALICE.address().hex())).isEqualTo(1);

    chain.time.advance(Duration.ofSeconds(1));
    known(ledger, ALICE);
    assertThat(node.askedAbout(ALICE.address().hex())).isEqualTo(2);
  }

  @Test
  void asksSeldomForAWalletThatIsRefusedAgainAndAgain() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    long start = System.nanoTime();
    for (int i = 0; i < 6; i++) {
      assertThat(known(ledger, BOB)).isEqualTo(Entitlement.NONE);
    }
    double seconds = (System.nanoTime() - start) / 1e9;

    // One reading at first, then no more than two a second, two calls each.
    assertThat((double) node.askedAbout(BOB.address().hex()))
        .isLessThanOrEqualTo(2 * (1 + 2 * seconds));
  }

  @Test
  void doesNotHoldNoTimeAgainstAPurchaseSeenSince() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    assertThat(known(ledger, BOB)).isEqualTo(Entitlement.NONE);
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);

    chain.buyHour(BOB);
    chain.buyHour(ALICE);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));

    assertThat(known(ledger, BOB).paidUntil()).isEqualTo(chain.paidUntil(BOB));
  }

  @Test
  void forgetsPaidTimeThatWasRevokedSince() {
    chain.buyHour(BOB);
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    assertThat(known(ledger, BOB).credentialsFrom()).isEqualTo(Instant.EPOCH);
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);

    chain.contract().revokeCredentials(BOB);
    Instant revoked = chain.anvil().headTime();
    chain.buyHour(ALICE);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));

    assertThat(known(ledger, BOB).credentialsFrom()).isEqualTo(revoked);
  }

  @Test
  void readsAgainWhatWasReadBeforeAnEvent() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    CountDownLatch open = new CountDownLatch(1);
    AtomicBoolean held = new AtomicBoolean();
    node.behave(
        "eth_call",
        question -> {
          if (question.mentions(BOB.address().hex()) && held.compareAndSet(false, true)) {
            String old = question.truth();
            open.await();
            question.reply(200, old);
          } else {
            question.passOn();
          }
        });
    CompletableFuture<Answer> answer = ledger.entitlementOf(BOB.address()).toCompletableFuture();
    await().atMost(1, TimeUnit.MINUTES).untilTrue(held);

    chain.buyHour(BOB);
    chain.buyHour(ALICE);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));
    open.countDown();

    assertThat(answer.join())
        .isEqualTo(
            new Answer.Known(
                new Entitlement(chain.paidUntil(BOB), Instant.EPOCH), chain.time.wallTime()));
  }

  @Test
  void doesNotRememberFailures() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    node.behave(question -> question.reply(500, "oops"));
    assertThat(TestChain.reason(ledger, BOB)).contains("HTTP 500");
    assertThat(ledger.status().fit()).isFalse();
    TestChain.awaitUnfit(ledger, "HTTP 500");
    node.behaveWell();
    TestChain.awaitFit(ledger);
    assertThat(known(ledger, BOB)).isEqualTo(Entitlement.NONE);
  }

  @Test
  void knowsAWalletAfterItIsNoLongerWatched() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    Entitlement paid = chain.listener.await(change -> true).entitlement();
    long asked = node.askedAbout(ALICE.address().hex());

    ledger.unwatch(ALICE.address());

    assertThat(known(ledger, ALICE)).isEqualTo(paid);
    assertThat(node.askedAbout(ALICE.address().hex())).isEqualTo(asked);
    chain.buyHour(ALICE);
    await()
        .atMost(1, TimeUnit.MINUTES)
        .until(() -> !known(ledger, ALICE).paidUntil().equals(paid.paidUntil()));
    assertThat(chain.listener.changes()).isEmpty();
  }
}

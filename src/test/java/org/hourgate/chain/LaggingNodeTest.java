package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.answer;
import static org.hourgate.chain.TestChain.known;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger.Answer;
import org.hourgate.testing.Faults;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Behind one address there may be many nodes, some a few blocks behind: what one has told of a
 * block, the next one does not know. That takes nobody's time away.
 */
final class LaggingNodeTest {

  private static final String NOTHING_PAID =
      "\"0x" + word("20") + word("1") + word("0") + word("0") + "\"";

  private final TestChain chain = new TestChain();
  private final FaultyRpc node = chain.stub();

  @AfterEach
  void stop() {
    chain.close();
  }

  /** From now on whoever asks for the newest state is answered from before any purchase. */
  private void lag() {
    node.behave(
        "eth_call",
        question -> {
          if (question.mentions("\"latest\"")) {
            question.result(NOTHING_PAID);
          } else {
            question.passOn();
          }
        });
  }

  @Test
  void doesNotTakeBackWhatWasPaid() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    chain.buyHour(ALICE);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));

    lag();
    chain.time.advance(Duration.ofMinutes(5));
    long before = node.asked("eth_call");
    await().atMost(1, TimeUnit.MINUTES).until(() -> node.asked("eth_call") > before);
    ledger.watch(BOB.address());
    chain.listener.await(change -> change.wallet().equals(BOB.address()));

    assertThat(chain.listener.changes())
        .noneMatch(change -> change.wallet().equals(ALICE.address()));
    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void doesNotHideAPurchaseWhoseLogWasSeen() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);

    lag();
    chain.buyHour(ALICE);

    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void thatAnswersEverySecondQuestionTakesNothingBack() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    long before = chain.anvil().blockNumber();
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    chain.buyHour(ALICE);
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));
    chain.anvil().mine(2);

    node.behave(Faults.everySecondFrozenAt(before));
    long asked = node.asked("eth_getBlockByNumber");
    await()
        .atMost(1, TimeUnit.MINUTES)
        .until(() -> node.asked("eth_getBlockByNumber") > asked + 40);
    node.behaveWell();
    ledger.watch(BOB.address());
    chain.listener.await(change -> change.wallet().equals(BOB.address()));

    assertThat(chain.listener.changes()).isEmpty();
    assertThat(chain.meters.get("hourgate.chain.reorgs").counter().count()).isZero();
  }

  @Test
  void doesNotPutOutWhoWasLetInByANodeThatIsAhead() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    FaultyRpc.Behaviour behind = Faults.frozenAt(chain.anvil().blockNumber());
    node.behave(
        question -> {
          if (question.mentions(ALICE.address().hex())) {
            question.passOn();
          } else {
            behind.answer(question);
          }
        });
    chain.buyHour(ALICE);
    Entitlement paid = known(ledger, ALICE);
    assertThat(paid.paidUntil()).isEqualTo(chain.paidUntil(ALICE));

    node.behave(behind);
    ledger.watch(ALICE.address());
    ledger.watch(BOB.address());
    chain.listener.await(change -> change.wallet().equals(BOB.address()));

    assertThat(chain.listener.changes()).isEmpty();
    assertThat(known(ledger, ALICE)).isEqualTo(paid);

    node.behaveWell();
    assertThat(chain.listener.await(change -> true).entitlement()).isEqualTo(paid);
  }

  @Test
  void putsOutWhoWasLetInByABlockThatIsGone() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    node.behave(Faults.paidUntil(ALICE.address(), _ -> chain.time.wallTime().plus(TestChain.HOUR)));
    known(ledger, ALICE);
    node.behaveWell();
    ledger.watch(ALICE.address());
    ledger.watch(BOB.address());
    chain.listener.await(change -> change.wallet().equals(BOB.address()));

    chain.time.advance(Duration.ofSeconds(10));

    assertThat(chain.listener.await(change -> true).entitlement()).isEqualTo(Entitlement.NONE);
  }

  @Test
  void isNotBelievedThatNothingIsPaid() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    chain.buyHour(ALICE);
    chain.awaitHead(ledger);

    lag();

    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void thatKnowsNotEvenTheBlockSaysNothing() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    chain.buyHour(ALICE);
    chain.awaitHead(ledger);

    node.behave(
        "eth_call",
        question -> {
          if (question.mentions("\"latest\"")) {
            question.result(NOTHING_PAID);
          } else {
            question.error(-32_000, "header not found");
          }
        });

    assertThat(answer(ledger, ALICE)).isInstanceOf(Answer.Unavailable.class);
  }

  @Test
  void aBlockThatWasTheNewestAMomentAgoDoesNotTakeBackALaterPurchase() throws Exception {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    CountDownLatch open = new CountDownLatch(1);
    AtomicBoolean held = new AtomicBoolean();
    node.behave(
        "eth_getBlockByNumber",
        question -> {
          String old = question.truth();
          if (held.compareAndSet(false, true)) {
            open.await();
          }
          question.reply(200, old);
        });
    await().atMost(1, TimeUnit.MINUTES).untilTrue(held);
    ledger.watch(ALICE.address());
    chain.buyHour(ALICE);
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);

    open.countDown();

    assertThat(chain.listener.await(change -> true).entitlement())
        .isEqualTo(new Entitlement(chain.paidUntil(ALICE), Instant.EPOCH));
  }

  @Test
  void putsOffNewsOfAReorganisationOnlyUntilAllNodesKnowIt() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    chain.buyHour(ALICE);
    long paidUntil =
        chain
            .listener
            .await(change -> change.paidUntil().isAfter(Instant.EPOCH))
            .paidUntil()
            .getEpochSecond();
    AtomicBoolean lagged = new AtomicBoolean();
    node.behave(
        "eth_call",
        question -> {
          if (question.mentions("\"latest\"") && question.mentions(ALICE.address().hex())) {
            question.result(
                "\"0x"
                    + word("20")
                    + word("1")
                    + word(Long.toHexString(paidUntil))
                    + word("0")
                    + "\"");
            lagged.set(true);
          } else {
            question.passOn();
          }
        });
    chain.anvil().reorg(1);
    await().atMost(1, TimeUnit.MINUTES).untilTrue(lagged);

    node.behaveWell();

    assertThat(chain.listener.await(change -> true))
        .isEqualTo(new RecordingListener.Change(ALICE.address(), Entitlement.NONE, true));
  }

  private static String word(String hex) {
    return "0".repeat(64 - hex.length()) + hex;
  }
}

package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.answer;
import static org.hourgate.chain.TestChain.awaitFit;
import static org.hourgate.chain.TestChain.awaitUnfit;
import static org.hourgate.chain.TestChain.known;
import static org.hourgate.chain.TestChain.reason;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.hourgate.credential.WalletKey;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger.Answer;
import org.hourgate.entitlement.EntitlementLedger.Reading;
import org.hourgate.testing.Faults;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where there are several nodes, no single one keeps a payer out or ends a session early. */
final class SeveralNodesTest {

  private final TestChain chain = new TestChain();
  private final FaultyRpc first = chain.stub();
  private final FaultyRpc second = chain.stub();
  private final FaultyRpc third = chain.stub();

  @AfterEach
  void stop() {
    chain.close();
  }

  private ChainConfig two() {
    return chain.config(first.uri(), second.uri());
  }

  private ChainConfig three() {
    return chain.config(first.uri(), second.uri(), third.uri());
  }

  private double count(String counter, String... tags) {
    return chain.meters.get(counter).tags(tags).counter().count();
  }

  private double up(int endpoint) {
    return chain
        .meters
        .get("hourgate.chain.endpoint.up")
        .tags("endpoint", String.valueOf(endpoint))
        .gauge()
        .value();
  }

  private static FaultyRpc.Behaviour unpaid(WalletKey wallet) {
    return Faults.paidUntil(wallet.address(), _ -> Instant.EPOCH);
  }

  private Instant inAnHour() {
    return chain.anvil().headTime().plus(TestChain.HOUR);
  }

  /** Watches Alice, who has paid, and waits until that was told. */
  private Entitlement watchAlicePaid(ChainLedger ledger) {
    chain.buyHour(ALICE);
    ledger.watch(ALICE.address());
    return chain.listener.await(c -> c.paidUntil().isAfter(Instant.EPOCH)).entitlement();
  }

  /** Lets the watcher read all wallets again, and waits until it has, Bob's news last. */
  private void readAllAgain(ChainLedger ledger) {
    chain.time.advance(Duration.ofMinutes(5));
    ledger.watch(BOB.address());
    chain.listener.await(change -> change.wallet().equals(BOB.address()));
  }

  @Test
  void theFirstAloneIsAskedAboutWhoHasPaid() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(two());

    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));

    assertThat(second.askedAbout(ALICE.address().hex())).isZero();
  }

  @Test
  void othersTakeTheirPlaceWhileTheChainIsFollowed() {
    ChainLedger ledger = chain.follow(chain.config(first.uri()));
    Entitlement before = watchAlicePaid(ledger);

    ledger.change(List.of(second.uri(), third.uri()));
    first.refuse();

    assertThat(known(ledger, BOB)).isEqualTo(Entitlement.NONE);
    assertThat(second.askedAbout(BOB.address().hex())).isPositive();
    assertThat(ledger.status().fit()).isTrue();
    assertThat(up(0) + up(1)).isEqualTo(2);
    chain.buyHour(ALICE);
    chain.listener.await(c -> c.entitlement().paidUntil().isAfter(before.paidUntil()));

    ledger.change(List.of(third.uri()));
    assertThat(up(0)).isEqualTo(1);
    assertThat(up(1)).as("no longer there").isZero();
    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void oneOfAnotherChainTakesNoPlace() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config(first.uri()));
    second.behave("eth_chainId", Faults.result("\"0x1267\""));

    ledger.change(List.of(second.uri(), first.uri()));

    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
    assertThat(up(0)).isZero();
    assertThat(up(1)).isEqualTo(1);
    assertThat(second.askedAbout(ALICE.address().hex())).isZero();
  }

  @Test
  void aRefusalNeedsASecondOpinion() {
    ChainLedger ledger = chain.follow(two());

    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);

    assertThat(second.askedAbout(ALICE.address().hex())).isEqualTo(1);
  }

  @Test
  void aRefusalIsBelievedOfTheOnlyOneLeft() {
    ChainLedger ledger = chain.follow(two());
    second.refuse();

    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
  }

  @Test
  void theOneThatLagsDoesNotHideAPurchase() {
    ChainLedger ledger = chain.follow(two());
    first.behave(Faults.frozenAt(chain.anvil().blockNumber()));
    chain.buyHour(ALICE);

    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void theOneThatLagsDoesNotHideARevocation() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(two());
    second.behave(Faults.frozenAt(chain.anvil().blockNumber()));
    chain.contract().revokeCredentials(ALICE);

    assertThat(known(ledger, ALICE).credentialsFrom()).isEqualTo(chain.anvil().headTime());
  }

  @Test
  void twoThatContradictEachOtherNeitherRefuseNorAdmit() {
    chain.buyHour(ALICE);
    first.behave(unpaid(ALICE));
    second.behave(Faults.paidUntil(BOB.address(), _ -> inAnHour()));
    ChainLedger ledger = chain.follow(two());

    assertThat(reason(ledger, ALICE)).contains("do not agree");
    assertThat(reason(ledger, BOB)).contains("do not agree");
    assertThat(count("hourgate.chain.disagreements", "about", "lookup")).isEqualTo(2);
  }

  @Test
  void aThirdOneDecidesBetweenTwo() {
    chain.buyHour(ALICE);
    first.behave(unpaid(ALICE));
    second.behave(Faults.paidUntil(BOB.address(), _ -> inAnHour()));
    ChainLedger ledger = chain.follow(three());

    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
    assertThat(known(ledger, BOB)).isEqualTo(Entitlement.NONE);
  }

  @Test
  void whoWasPaidAMomentAgoIsAdmittedWhileTheyContradictEachOther() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(two());
    Entitlement paid = known(ledger, ALICE);
    chain.time.advance(Duration.ofMinutes(6));

    first.behave(unpaid(ALICE));

    assertThat(known(ledger, ALICE)).isEqualTo(paid);
  }

  @Test
  void theNextIsAskedWhenTheFirstTakesLong() {
    chain.buyHour(ALICE);
    ChainLedger ledger =
        chain.follow(
            two()
                .withTimeouts(
                    Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMillis(100)));
    first.behave("eth_call", Faults.blackHole());

    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));

    assertThat(count("hourgate.chain.hedges")).isEqualTo(1);
  }

  @Test
  void nobodyWaitsForTheFirstToBeRefusedByTwoOthers() {
    ChainLedger ledger =
        chain.follow(
            three()
                .withTimeouts(
                    Duration.ofMinutes(10), Duration.ofMinutes(10), Duration.ofMillis(100)));
    first.behave("eth_call", Faults.blackHole());

    assertThat(known(ledger, BOB)).isEqualTo(Entitlement.NONE);
  }

  @Test
  void theNextIsAskedAtOnceWhenTheFirstFails() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(two());
    first.behave("eth_call", Faults.status(503));

    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));

    assertThat(count("hourgate.chain.failovers")).isPositive();
    assertThat(count("hourgate.chain.hedges")).isZero();
  }

  @Test
  void theLastLookSeesATopUpThatTheFirstDoesNotKnowYet() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(two());
    first.behave(Faults.frozenAt(chain.anvil().blockNumber()));
    chain.time.advance(TestChain.HOUR.minusSeconds(1));
    chain.buyHour(ALICE);

    assertThat(ledger.readLatest(Set.of(ALICE.address())).toCompletableFuture().join())
        .isEqualTo(
            new Reading.Complete(
                Map.of(ALICE.address(), new Entitlement(chain.paidUntil(ALICE), Instant.EPOCH))));
  }

  @Test
  void oneThatIsBehindIsUnfitUntilItHasCaughtUp() {
    ChainLedger ledger = chain.follow(two());
    first.behave(Faults.frozenAt(chain.anvil().blockNumber()));
    chain.anvil().mine(10); // Within a second: that is how fast chains are.
    chain.time.advance(Duration.ofMinutes(1));
    await().atMost(1, TimeUnit.MINUTES).until(() -> second.asked("eth_chainId") == 2);
    assertThat(up(0)).isEqualTo(1);

    chain.anvil().increaseTime(Duration.ofSeconds(4));
    chain.anvil().mine(1);
    chain.time.advance(Duration.ofSeconds(5));
    await().atMost(1, TimeUnit.MINUTES).until(() -> up(0) == 0);
    chain.awaitHead(ledger);
    assertThat(ledger.status().fit()).isTrue();

    first.behaveWell();
    chain.time.advance(Duration.ofSeconds(5));
    await().atMost(1, TimeUnit.MINUTES).until(() -> up(0) == 1);
  }

  @Test
  void oneThatClaimsToBeFarAheadMakesNoOtherUnfit() {
    chain.anvil().mine(16); // Two hexadecimal digits.
    second.behave(
        "eth_getBlockByNumber",
        question ->
            question.replace(
                reply ->
                    question.mentions("latest")
                        ? reply.replaceFirst("\"number\":\"0x", "\"number\":\"0x10")
                        : reply));
    ChainLedger ledger = chain.follow(two());
    for (int i = 0; i < 3; i++) {
      long before = first.asked("eth_chainId");
      chain.time.advance(Duration.ofMinutes(1));
      await().atMost(1, TimeUnit.MINUTES).until(() -> first.asked("eth_chainId") > before);
    }

    assertThat(up(0)).isEqualTo(1);
    assertThat(ledger.status().fit()).isTrue();
  }

  @Test
  void oneThatIsAheadOfTheTimeIsUnfit() {
    second.behave(
        "eth_getBlockByNumber",
        question ->
            question.replace(
                reply ->
                    question.mentions("latest")
                        ? reply.replaceFirst("\"timestamp\":\"0x6", "\"timestamp\":\"0x7")
                        : reply));
    ChainLedger ledger =
        chain.follow(
            chain
                .config(second.uri(), first.uri())
                .withMaxHeadAge(Optional.of(Duration.ofMinutes(1))));
    await().atMost(1, TimeUnit.MINUTES).until(() -> up(0) == 0);

    chain.awaitHead(ledger);
    assertThat(ledger.status().fit()).isTrue();
  }

  @Test
  void lessTimeThatOneAloneSaysEndsNobody() {
    ChainLedger ledger = chain.follow(two());
    Entitlement paid = watchAlicePaid(ledger);
    first.behave(unpaid(ALICE));

    readAllAgain(ledger);

    assertThat(chain.listener.changes()).isEmpty();
    assertThat(known(ledger, ALICE)).isEqualTo(paid);
    assertThat(count("hourgate.chain.disagreements", "about", "news")).isEqualTo(1);

    second.behave(unpaid(ALICE));

    assertThat(chain.listener.await(change -> true))
        .isEqualTo(new RecordingListener.Change(ALICE.address(), Entitlement.NONE, false));
  }

  @Test
  void lessTimeThatOneAloneSaysEndsNobodyWhoIsJustBeingLearned() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(two());
    first.behave(unpaid(ALICE));
    ledger.watch(ALICE.address());
    ledger.watch(BOB.address());
    chain.listener.await(change -> change.wallet().equals(BOB.address()));

    assertThat(chain.listener.changes()).isEmpty();

    first.behaveWell();

    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void aRevocationIsToldWhenBothKnowIt() {
    ChainLedger ledger = chain.follow(two());
    watchAlicePaid(ledger);
    second.behave(Faults.frozenAt(chain.anvil().blockNumber()));
    chain.contract().revokeCredentials(ALICE);
    chain.awaitHead(ledger);
    ledger.watch(BOB.address());
    chain.listener.await(change -> change.wallet().equals(BOB.address()));
    assertThat(chain.listener.changes()).isEmpty();

    second.behaveWell();

    assertThat(chain.listener.await(change -> true).entitlement().credentialsFrom())
        .isEqualTo(chain.anvil().headTime());
  }

  @Test
  void aQuorumKeepsOutWhomOneAloneLetsIn() {
    first.behave(Faults.paidUntil(ALICE.address(), _ -> inAnHour()));
    ChainLedger trusting = chain.follow(three());
    assertThat(known(trusting, ALICE).paidUntil()).isAfter(Instant.EPOCH);
    ChainLedger ledger = chain.follow(three().withQuorum(2));

    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);

    chain.buyHour(BOB);
    assertThat(known(ledger, BOB).paidUntil()).isEqualTo(chain.paidUntil(BOB));
  }

  @Test
  void aQuorumThatCanNotAgreeAnswersNobody() {
    first.behave(Faults.paidUntil(ALICE.address(), _ -> inAnHour()));
    ChainLedger ledger = chain.follow(two().withQuorum(2));

    assertThat(answer(ledger, ALICE)).isInstanceOf(Answer.Unavailable.class);
    assertThat(known(ledger, BOB)).isEqualTo(Entitlement.NONE);
  }

  @Test
  void aQuorumGivesNoTimeThatOneAloneSays() {
    ChainLedger ledger = chain.follow(two().withQuorum(2));
    Entitlement paid = watchAlicePaid(ledger);
    first.behave(Faults.paidUntil(ALICE.address(), _ -> paid.paidUntil().plus(Duration.ofDays(1))));

    readAllAgain(ledger);
    assertThat(chain.listener.changes()).isEmpty();

    first.behaveWell();
    chain.buyHour(ALICE);
    assertThat(chain.listener.await(change -> true).paidUntil())
        .isEqualTo(paid.paidUntil().plus(TestChain.HOUR));
  }

  @Test
  void aQuorumIsUnfitWhileTooFewNodesAre() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(two().withQuorum(2));
    second.refuse();
    chain.time.advance(Duration.ofSeconds(5));

    awaitUnfit(ledger, "cannot reach " + second.uri());
    assertThat(reason(ledger, ALICE)).contains("too few");

    second.accept();
    awaitFit(ledger);
    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }
}

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

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.hourgate.app.lab.Anvil;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger.Answer;
import org.hourgate.entitlement.EntitlementLedger.Reading;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeFailureTest {

  @TempDir private Path folder;
  private TestChain chain = new TestChain();

  @AfterEach
  void stop() {
    chain.close();
  }

  private void watchAlicePaid(ChainLedger ledger) {
    chain.buyHour(ALICE);
    ledger.watch(ALICE.address());
    chain.listener.await(change -> change.paidUntil().isAfter(Instant.EPOCH));
  }

  @Test
  void goesOnWhereItWasWhenTheNodeKeptItsChain() {
    chain.close();
    chain = new TestChain(Anvil.Options.standard().withStateFile(folder.resolve("chain.json")));
    ChainLedger ledger = chain.follow(chain.config());
    watchAlicePaid(ledger);

    chain.anvil().close();
    awaitUnfit(ledger, "cannot reach http://127.0.0.1:" + chain.anvil().port());
    assertThat(reason(ledger, BOB)).contains("cannot reach");
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);

    chain.restart();
    awaitFit(ledger);
    assertThat(chain.listener.changes()).isEmpty();
    Instant before = known(ledger, ALICE).paidUntil();
    chain.buyHour(ALICE);
    assertThat(chain.listener.await(change -> true).paidUntil())
        .isEqualTo(before.plus(TestChain.HOUR));
  }

  @Test
  void doesNotTakeALostChainForUnpaidUntilTheContractIsBack() {
    chain.close();
    chain = new TestChain(Anvil.Options.standard().withGenesisTime(chain.time.wallTime()));
    ChainLedger ledger = chain.follow(chain.config());
    watchAlicePaid(ledger);

    chain.anvil().kill();
    chain.restart();
    awaitUnfit(ledger, "no code at " + chain.contract().address().lowerCase());
    assertThat(reason(ledger, BOB)).contains("no code at");
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);
    assertThat(chain.listener.changes()).isEmpty();

    assertThat(chain.deploy().address()).isEqualTo(chain.contract().address());
    assertThat(chain.listener.await(change -> true))
        .isEqualTo(new RecordingListener.Change(ALICE.address(), Entitlement.NONE, true));
    awaitFit(ledger);
  }

  @Test
  void neverFollowsAnotherChainHoweverMuchItLooksLikeOurs() {
    FaultyRpc node = chain.stub();
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    watchAlicePaid(ledger);
    String everyHash = "\"(hash|parentHash)\":\"0x..";

    node.behave(
        "eth_getBlockByNumber",
        question -> question.replace(reply -> reply.replaceAll(everyHash, "\"$1\":\"0xff")));
    awaitUnfit(ledger, "does not have block 0 that was followed");
    chain.anvil().mine(1);

    assertThat(reason(ledger, BOB)).contains("does not have block 0");
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);
    assertThat(chain.listener.changes()).isEmpty();

    node.behaveWell();
    awaitFit(ledger);
    assertThat(chain.listener.changes()).isEmpty();
  }

  @Test
  void seesWithinAMinuteThatANodeHasAnotherChainId() {
    FaultyRpc node = chain.stub();
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    watchAlicePaid(ledger);

    node.behave("eth_chainId", question -> question.result("\"0x1\""));
    chain.time.advance(Duration.ofMinutes(1));

    awaitUnfit(ledger, "wrong chain id");
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);
  }

  @Test
  void takesStateThatTheNodeHasThrownAwayForNoAnswer() {
    FaultyRpc node = chain.stub();
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    watchAlicePaid(ledger);
    node.behave("eth_call", question -> question.error(-32_000, "missing trie node 12ab (path )"));

    assertThat(reason(ledger, BOB)).contains("missing trie node");
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);
  }

  @Test
  void answersFromMemoryOnlyWhileTheNodeStandsStill() {
    chain.buyHour(ALICE);
    ChainLedger ledger =
        chain.follow(
            TestChain.withTimeouts(chain.config(), Duration.ofSeconds(5), Duration.ofSeconds(10)));
    Entitlement paid = known(ledger, ALICE);
    Instant readAt = chain.time.wallTime();

    chain.anvil().freeze();

    assertThat(reason(ledger, BOB)).contains("no answer from http://127.0.0.1:");
    assertThat(ledger.readLatest(Set.of(ALICE.address())).toCompletableFuture().join())
        .isInstanceOf(Reading.Unavailable.class);
    awaitUnfit(ledger, "no answer from");
    assertThat(answer(ledger, ALICE)).isEqualTo(new Answer.Known(paid, readAt));
    chain.time.advance(Duration.ofMinutes(14));
    assertThat(answer(ledger, ALICE)).isEqualTo(new Answer.Known(paid, readAt));
    chain.time.advance(Duration.ofMinutes(1));
    assertThat(answer(ledger, ALICE)).isInstanceOf(Answer.Unavailable.class);

    chain.anvil().thaw();
    awaitFit(ledger);
    assertThat(known(ledger, ALICE)).isEqualTo(paid);
  }

  @Test
  void doesNotAnswerFromMemoryWhenTheTimeIsOver() {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config());
    // 10 minutes before the end, then 5 minutes after it.
    chain.time.advance(Duration.ofMinutes(50));
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);
    chain.anvil().kill();
    awaitUnfit(ledger, "cannot reach");
    chain.time.advance(Duration.ofMinutes(9));
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);
    chain.time.advance(Duration.ofMinutes(5));
    assertThat(answer(ledger, ALICE)).isInstanceOf(Answer.Unavailable.class);
  }

  @Test
  void keepsAWatchedWalletInMemoryHoweverLongTheNodeIsAway() {
    ChainLedger ledger = chain.follow(chain.config());
    watchAlicePaid(ledger);
    chain.anvil().kill();
    awaitUnfit(ledger, "cannot reach");
    chain.time.advance(Duration.ofMinutes(40));
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);
  }

  @Test
  void startsWithoutANodeAndWaitsForIt() {
    ChainConfig config = chain.config();
    chain.anvil().kill();

    ChainLedger ledger = chain.start(config);
    awaitUnfit(ledger, "cannot reach http://127.0.0.1:" + chain.anvil().port());
    assertThat(ledger.status().headTime()).isEqualTo(Instant.EPOCH);
    assertThat(reason(ledger, ALICE)).contains("cannot reach");

    chain.restart();
    awaitUnfit(ledger, "no code at");
    chain.deploy();
    awaitFit(ledger);
    assertThat(ledger.status().reasons()).isEmpty();
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
  }

  @Test
  void refusesAnotherChain() {
    ChainLedger ledger =
        chain.start(
            ChainConfig.of(1, List.of(chain.anvil().rpc()), List.of(chain.contract().address())));
    awaitUnfit(ledger, "wrong chain id: configured 1, node says 31337");
    assertThat(reason(ledger, ALICE)).contains("wrong chain id");
  }

  @Test
  void refusesAnAddressWithoutCode() {
    ChainLedger ledger =
        chain.start(
            ChainConfig.of(
                    Anvil.CHAIN_ID,
                    List.of(chain.anvil().rpc()),
                    List.of(chain.contract().address(), ALICE.address()))
                .withMaxHeadAge(Optional.empty()));
    awaitUnfit(ledger, "no code at " + ALICE.address().lowerCase());
  }

  @Test
  void refusesCodeThatDoesNotAnswerAccessOf() {
    WalletAddress other = new WalletAddress("c0de".repeat(10));
    chain.anvil().call("anvil_setCode", other.lowerCase(), "0x600160005260206000f3");
    ChainLedger ledger =
        chain.start(
            ChainConfig.of(Anvil.CHAIN_ID, List.of(chain.anvil().rpc()), List.of(other))
                .withMaxHeadAge(Optional.empty()));
    awaitUnfit(ledger, "does not answer accessOf");
  }

  @Test
  void refusesCodeThatChanged() {
    ChainLedger ledger = chain.follow(chain.config());
    watchAlicePaid(ledger);
    String address = chain.contract().address().lowerCase();
    String code = chain.anvil().call("eth_getCode", address, "latest").asString();

    chain.anvil().call("anvil_setCode", address, code + "00");
    chain.time.advance(Duration.ofMinutes(1));
    awaitUnfit(ledger, "the code at " + address + " is not what it was");
    assertThat(reason(ledger, BOB)).contains("not what it was");
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);

    chain.anvil().call("anvil_setCode", address, code);
    awaitFit(ledger);
  }

  @Test
  void refusesAStaleHead() {
    ChainLedger ledger =
        chain.follow(chain.config().withMaxHeadAge(Optional.of(Duration.ofSeconds(60))));
    assertThat(ledger.status().headChecked()).isTrue();
    chain.time.advance(Duration.ofMinutes(5));
    awaitUnfit(ledger, "the limit is 60 s");

    chain.anvil().increaseTime(Duration.ofMinutes(5));
    chain.anvil().mine(1);
    awaitFit(ledger);
  }

  /** Whoever compares it with the clock can tell which of both is wrong. */
  @Test
  void tellsAStaleHeadAlsoWhereItNeverSawAnother() {
    chain.time.advance(Duration.ofHours(2));
    ChainLedger ledger =
        chain.start(chain.config().withMaxHeadAge(Optional.of(Duration.ofSeconds(60))));
    awaitUnfit(ledger, "the limit is 60 s");
    assertThat(ledger.status().headTime()).isEqualTo(chain.anvil().headTime());

    chain.anvil().mine(1);
    Instant next = chain.anvil().headTime();
    await().atMost(1, TimeUnit.MINUTES).until(() -> ledger.status().headTime().equals(next));
  }

  @Test
  void asksTheNextNodeWhenTheFirstFails() {
    FaultyRpc first = chain.stub();
    FaultyRpc second = chain.stub();
    ChainLedger ledger = chain.follow(chain.config(first.uri(), second.uri()));
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
    assertThat(second.asked("eth_getLogs")).isZero();

    first.behave(question -> question.reply(503, "busy"));
    chain.buyHour(BOB);
    assertThat(known(ledger, BOB).paidUntil()).isEqualTo(chain.paidUntil(BOB));
    assertThat(second.askedAbout(BOB.address().hex())).isPositive();
    awaitFit(ledger);

    first.behaveWell();
    long before = first.asked("eth_getBlockByNumber");
    chain.time.advance(Duration.ofMinutes(1));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> first.asked("eth_getBlockByNumber") > before + 5);
  }

  @Test
  void startsWithTheSecondNodeWhenTheFirstIsOfAnotherChain() {
    FaultyRpc first = chain.stub();
    first.behave("eth_chainId", question -> question.result("\"0x1\""));
    ChainLedger ledger = chain.follow(chain.config(first.uri(), chain.anvil().rpc()));
    assertThat(known(ledger, ALICE)).isEqualTo(Entitlement.NONE);
    assertThat(first.asked("eth_call")).isZero();
  }

  @Test
  void closesWithoutWaitingForANodeThatStandsStill() {
    FaultyRpc node = chain.stub();
    ChainConfig patient =
        TestChain.withTimeouts(
            chain.config(node.uri()), Duration.ofMinutes(10), Duration.ofMinutes(10));
    ChainLedger ledger = chain.follow(patient);
    CountDownLatch never = new CountDownLatch(1);
    node.behave(question -> never.await());
    var answer = ledger.entitlementOf(ALICE.address()).toCompletableFuture();
    await().atMost(1, TimeUnit.MINUTES).until(() -> node.askedAbout(ALICE.address().hex()) == 1);

    ledger.close();

    assertThat(answer.join()).isEqualTo(new Answer.Unavailable("shut down"));
    assertThat(answer(ledger, BOB)).isInstanceOf(Answer.Unavailable.class);
  }

  @Test
  void handsOnNothingThatAnEventHasOutdated() {
    FaultyRpc node = chain.stub();
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    watchAlicePaid(ledger);
    node.behave("eth_call", question -> question.error(-32_000, "out of service"));
    chain.contract().revokeCredentials(ALICE);
    awaitUnfit(ledger, "out of service");

    ledger.unwatch(ALICE.address());

    assertThat(answer(ledger, ALICE)).isInstanceOf(Answer.Unavailable.class);
  }

  @Test
  void countsTheAgeOfWhatItKnowsFromTheReadingNotFromTheEndOfWatching() {
    ChainLedger ledger = chain.follow(chain.config());
    watchAlicePaid(ledger);
    chain.anvil().kill();
    awaitUnfit(ledger, "cannot reach");
    chain.time.advance(Duration.ofMinutes(14));
    ledger.unwatch(ALICE.address());
    assertThat(known(ledger, ALICE).paidUntil()).isAfter(Instant.EPOCH);
    chain.time.advance(Duration.ofMinutes(1));
    assertThat(answer(ledger, ALICE)).isInstanceOf(Answer.Unavailable.class);
  }

  @Test
  void keepsTheAccessKeyOfANodeToItself() {
    URI secret = URI.create("http://127.0.0.1:9/v3/my-secret-key");
    ChainLedger ledger = chain.start(chain.config(secret));
    awaitUnfit(ledger, "cannot reach http://127.0.0.1:9");
    assertThat(ledger.status().reasons().toString()).doesNotContain("secret");
  }
}

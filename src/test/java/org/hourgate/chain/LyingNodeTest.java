package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.chain.TestChain.ALICE;
import static org.hourgate.chain.TestChain.BOB;
import static org.hourgate.chain.TestChain.answer;
import static org.hourgate.chain.TestChain.awaitFit;
import static org.hourgate.chain.TestChain.awaitUnfit;
import static org.hourgate.chain.TestChain.known;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.hourgate.entitlement.EntitlementLedger.Answer;
import org.hourgate.entitlement.EntitlementLedger.Reading;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No reply of a broken or hostile node is taken for "not paid", and none does harm. */
final class LyingNodeTest {

  private static final long HUNDRED_MEGABYTES = 100L << 20;

  private final TestChain chain = new TestChain();
  private final FaultyRpc node = chain.stub();

  @AfterEach
  void stop() {
    chain.close();
  }

  private static Arguments of(String name, String reason, FaultyRpc.Behaviour behaviour) {
    return Arguments.of(name, reason, behaviour);
  }

  static Stream<Arguments> uselessReplies() {
    String deep = "[".repeat(100_000);
    return Stream.of(
        of("nothing", "not proper JSON-RPC", q -> q.reply(200, "")),
        of("null", "another id", q -> q.reply(200, "null")),
        of("garbage", "not proper JSON-RPC", q -> q.reply(200, "<html>502 Bad Gateway</html>")),
        of("half", "not proper JSON-RPC", q -> q.replace(r -> r.substring(0, r.length() / 2))),
        of("an array", "not proper JSON-RPC", q -> q.replace(r -> "[" + r + "]")),
        of("depth", "not proper JSON-RPC", q -> q.reply(200, "{\"id\":1,\"x\":" + deep)),
        of("deep result", "not proper JSON-RPC", q -> q.result(deep)),
        of("wrong id", "another id", q -> q.replace(r -> r.replaceFirst("\"id\":", "\"id\":1"))),
        of("no id", "another id", q -> q.replace(r -> r.replaceFirst("\"id\":", "\"it\":"))),
        of("an error", "error -32000: out of service", q -> q.error(-32_000, "out of service")),
        of("500", "HTTP 500", q -> q.reply(500, "oops")),
        of("429", "HTTP 429", q -> q.reply(429, "slow down")),
        of("401", "HTTP 401", q -> q.reply(401, "no key")),
        of("long error", "HTTP 502", q -> q.reply(502, "x".repeat(900_000))),
        of("flood", "longer than 1048576", q -> q.flood(HUNDRED_MEGABYTES, true, false)),
        of("endless flood", "longer than 1048576", q -> q.flood(HUNDRED_MEGABYTES, false, false)),
        of("gzip bomb", "longer than 1048576", q -> q.flood(HUNDRED_MEGABYTES, false, true)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void uselessReplies(String name, String reason, FaultyRpc.Behaviour behaviour) {
    chain.buyHour(ALICE);
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(BOB.address());
    chain.listener.await(change -> true);

    node.behave(behaviour);
    chain.time.advance(Duration.ofMinutes(1));
    awaitUnfit(ledger, reason);
    assertThat(answer(ledger, ALICE)).isInstanceOf(Answer.Unavailable.class);
    assertThat(ledger.readLatest(Set.of(ALICE.address())).toCompletableFuture().join())
        .isInstanceOf(Reading.Unavailable.class);

    node.behaveWell();
    awaitFit(ledger);
    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
    assertThat(chain.listener.changes()).isEmpty();
  }

  static Stream<Arguments> uselessResultsOfAccessOf() {
    return Stream.of(
        of("0x", "0x, as if there were no contract", q -> q.result("\"0x\"")),
        of("null", "no reply to eth_call", q -> q.result("null")),
        of("a number", "no 0x in front", q -> q.result("5")),
        of("an object", "not proper JSON-RPC", q -> q.result("{}")),
        of("no result", "no reply to eth_call", q -> q.replace(r -> r.replace("result", "rest"))),
        of("short", "digits instead of", q -> q.replace(r -> r.replaceFirst("00\"", "\""))),
        of("long", "digits instead of", q -> q.replace(r -> r.replaceFirst("00\"", "0000\""))),
        of(
            "another number of wallets",
            "digits instead of",
            q -> q.result("\"0x" + word("20") + word("0") + "\"")),
        of("dirty", "more than 64 bits", q -> q.replace(r -> r.replace("0x00", "0x01"))),
        of(
            "far ahead",
            "further ahead than the contract sells",
            q -> q.result("\"0x" + word("20") + word("1") + word("ffffffff") + word("0") + "\"")),
        of("reverted", "error 3: execution reverted", q -> q.error(3, "execution reverted")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void uselessResultsOfAccessOf(String name, String reason, FaultyRpc.Behaviour behaviour) {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    node.behave("eth_call", behaviour);
    assertThat(((Answer.Unavailable) answer(ledger, ALICE)).reason()).contains(reason);
    awaitUnfit(ledger, reason);

    node.behaveWell();
    awaitFit(ledger);
    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void takesNoHeadForAChain() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    node.behave("eth_getBlockByNumber", question -> question.result("null"));
    awaitUnfit(ledger, "no newest block");
    node.behave(
        "eth_getBlockByNumber",
        question -> question.replace(reply -> reply.replaceFirst("\"hash\":\"0x", "\"hash\":\"")));
    awaitUnfit(ledger, "no proper block hash");
    node.behave(
        "eth_getBlockByNumber",
        question ->
            question.replace(
                reply -> reply.replaceFirst("\"number\":\"0x", "\"number\":\"0xffffffffffffffff")));
    awaitUnfit(ledger, "no proper block number");
    node.behaveWell();
    awaitFit(ledger);
  }

  @Test
  void readsAllWatchedWalletsWhenLogsCanNotBeHad() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);

    node.behave("eth_getLogs", question -> question.error(-32_005, "query returned too much"));
    chain.buyHour(ALICE);
    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));

    node.behave("eth_getLogs", question -> question.flood(2 << 20, true, false));
    chain.buyHour(ALICE);
    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
    assertThat(ledger.status().fit()).isTrue();
  }

  @Test
  void asksARefusingNodeForLogsOnceOrTwiceHoweverManyBlocksThereAre() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    node.behave(question -> question.reply(503, "away"));
    awaitUnfit(ledger, "HTTP 503");
    chain.anvil().mine(60);
    chain.buyHour(ALICE);
    chain.anvil().mine(60);
    long before = node.asked("eth_getLogs");

    node.behave("eth_getLogs", question -> question.error(-32_601, "no such method"));

    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
    // 121 blocks, halved until one is left
    assertThat(node.asked("eth_getLogs") - before).isLessThanOrEqualTo(7);
  }

  @Test
  void tellsLaterWhatCouldNotBeReadAtOnce() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    node.behave("eth_call", question -> question.error(-32_000, "out of service"));
    chain.buyHour(ALICE);
    awaitUnfit(ledger, "out of service");
    chain.anvil().mine(1);

    node.behaveWell();

    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void asksForFewerBlocksOfLogsUntilTheNodeGivesThem() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    node.behave(question -> question.reply(503, "away"));
    awaitUnfit(ledger, "HTTP 503");
    chain.anvil().mine(30);
    chain.buyHour(ALICE);
    chain.anvil().mine(30);

    AtomicInteger refused = new AtomicInteger();
    node.behave(
        "eth_getLogs",
        question -> {
          if (question.blocks() > 5) {
            refused.incrementAndGet();
            question.error(-32_000, "eth_getLogs is limited to a 5 range");
          } else {
            question.passOn();
          }
        });

    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
    assertThat(refused.get()).isPositive();
  }

  @Test
  void findsAPurchaseWithinMinutesWhenTheNodeHidesItsLog() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    node.behave("eth_getLogs", question -> question.result("[]"));
    chain.buyHour(ALICE);
    chain.awaitHead(ledger);
    assertThat(chain.listener.changes()).isEmpty();

    chain.time.advance(Duration.ofMinutes(5));

    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void findsAPurchaseAtOnceWhenAMachineWithoutItsBlockIsAskedForTheLog() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    node.behave(
        "eth_getLogs",
        question -> {
          if (question.params().get(0).has("blockHash")) {
            question.error(-32_000, "unknown block");
          } else {
            question.result("[]");
          }
        });

    chain.buyHour(ALICE);

    assertThat(chain.listener.await(change -> true).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void holdsNoOldReadingAgainstAWatchedWalletThatAsks() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    ledger.watch(ALICE.address());
    chain.listener.await(change -> true);
    node.behave("eth_getLogs", question -> question.result("[]"));
    chain.buyHour(ALICE);

    assertThat(known(ledger, ALICE).paidUntil()).isEqualTo(chain.paidUntil(ALICE));
  }

  @Test
  void doesNotBelieveLogsThatAreNot() {
    ChainLedger ledger = chain.follow(chain.config(node.uri()));
    node.behave(
        "eth_getLogs",
        question -> question.result("[{\"topics\":[\"0x12\"],\"address\":\"0x34\"}]"));
    chain.anvil().mine(1);
    awaitUnfit(ledger, "a log that is not AccessChanged");
    node.behaveWell();
    awaitFit(ledger);
  }

  private static String word(String hex) {
    return "0".repeat(64 - hex.length()) + hex;
  }
}

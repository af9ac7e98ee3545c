package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.hourgate.app.lab.Anvil;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger.Answer;
import org.hourgate.testing.FaultyRpc;

/** A chain with the contract on it, an hour on sale, and ledgers that follow it. */
final class TestChain implements AutoCloseable {

  static final WalletKey OWNER = Anvil.key(0);
  static final WalletKey ALICE = Anvil.key(1);
  static final WalletKey BOB = Anvil.key(2);
  static final BigInteger PRICE = BigInteger.valueOf(1_000);
  static final Duration HOUR = Duration.ofHours(1);
  static final long HOUR_PRODUCT = 0;

  final ManualTime time = new ManualTime();
  final RecordingListener listener = new RecordingListener();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Deque<Runnable> toClose = new ArrayDeque<>();
  private Anvil anvil;
  private HourgateContract contract;

  TestChain() {
    this(Anvil.Options.standard());
  }

  TestChain(Anvil.Options options) {
    anvil = Anvil.start(options);
    contract = deploy();
  }

  Anvil anvil() {
    return anvil;
  }

  HourgateContract contract() {
    return contract;
  }

  /** Deploys the contract: the first one of a fresh chain always gets the same address. */
  HourgateContract deploy() {
    HourgateContract deployed =
        HourgateContract.deploy(anvil.rpc(), Anvil.CHAIN_ID, OWNER, OWNER.address());
    toClose.push(deployed::close);
    assertThat(deployed.addProduct(OWNER, PRICE, HOUR)).isEqualTo(HOUR_PRODUCT);
    return deployed;
  }

  /** Starts a node like the old one, on the same port, which must have ended. */
  void restart() {
    anvil = Anvil.start(anvil.sameAgain());
  }

  ChainConfig config() {
    return config(anvil.rpc());
  }

  /** Patient, so that a slow machine makes no test fail. */
  ChainConfig config(URI... nodes) {
    ChainConfig config =
        ChainConfig.of(Anvil.CHAIN_ID, List.of(nodes), List.of(contract.address()))
            .withPoll(Duration.ofMillis(50))
            .withMaxHeadAge(Optional.empty());
    return withTimeouts(config, Duration.ofMinutes(1), Duration.ofMinutes(1));
  }

  static ChainConfig withTimeouts(ChainConfig config, Duration call, Duration answer) {
    return config.withTimeouts(call, answer, Duration.ofMinutes(1));
  }

  /** Starts a ledger and waits until the chain is fit. */
  ChainLedger follow(ChainConfig config) {
    ChainLedger ledger = start(config);
    awaitFit(ledger);
    return ledger;
  }

  ChainLedger start(ChainConfig config) {
    ChainLedger ledger = new ChainLedger(config, time, meters);
    toClose.push(ledger::close);
    ledger.start(listener);
    return ledger;
  }

  /** A node between the ledger and the chain, to count questions or to lie. */
  FaultyRpc stub() {
    FaultyRpc stub = FaultyRpc.before(anvil.rpc());
    toClose.push(stub::close);
    return stub;
  }

  Receipt buyHour(WalletKey customer) {
    return contract.purchaseProduct(customer, HOUR_PRODUCT, PRICE);
  }

  Instant paidUntil(WalletKey customer) {
    return contract.entitlementOf(customer.address()).paidUntil();
  }

  static Answer answer(ChainLedger ledger, WalletKey customer) {
    return answer(ledger, customer.address());
  }

  static Answer answer(ChainLedger ledger, WalletAddress wallet) {
    return ledger.entitlementOf(wallet).toCompletableFuture().join();
  }

  static String reason(ChainLedger ledger, WalletKey customer) {
    Answer answer = answer(ledger, customer);
    assertThat(answer).isInstanceOf(Answer.Unavailable.class);
    return ((Answer.Unavailable) answer).reason();
  }

  static void awaitFit(ChainLedger ledger) {
    await().atMost(1, TimeUnit.MINUTES).until(() -> ledger.status().fit());
  }

  /** Waits until the ledger has followed the chain to its head; heads must differ in time. */
  void awaitHead(ChainLedger ledger) {
    Instant head = anvil.headTime();
    await().atMost(1, TimeUnit.MINUTES).until(() -> ledger.status().headTime().equals(head));
  }

  /** Waits until the chain is unfit for a reason with this text. */
  static void awaitUnfit(ChainLedger ledger, String text) {
    await()
        .atMost(1, TimeUnit.MINUTES)
        .untilAsserted(
            () -> {
              assertThat(ledger.status().fit()).isFalse();
              assertThat(ledger.status().reasons()).anyMatch(reason -> reason.contains(text));
            });
  }

  static Entitlement known(ChainLedger ledger, WalletKey customer) {
    Answer answer = answer(ledger, customer);
    assertThat(answer).isInstanceOf(Answer.Known.class);
    return ((Answer.Known) answer).entitlement();
  }

  @Override
  public void close() {
    toClose.forEach(Runnable::run);
    anvil.close();
  }
}

package org.hourgate.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.ChainConfig;
import org.hourgate.chain.ChainLedger;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;
import org.hourgate.credential.WalletKey;
import org.hourgate.entitlement.EntitlementLedger.Answer;
import org.hourgate.entitlement.EntitlementLedger.Reading;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.testing.FaultyRpc;

/**
 * What it costs to look up 10,000 wallets that the ledger does not know: calls to the node, and
 * time, by how many are asked for at once. Calls are counted by a proxy, in a run of its own.
 */
final class LookupBench {

  private static final int WALLETS = 10_000;

  private final Report report;
  private final Duration time;

  LookupBench(Report report, Duration time) {
    this.report = report;
    this.time = time;
  }

  /** One way to look up wallets. */
  private interface Way {
    void lookUp(ChainLedger ledger);
  }

  void run() throws IOException {
    List<WalletKey> keys = Wallets.range(1, WALLETS);
    List<WalletAddress> paid = keys.stream().map(WalletKey::address).toList();
    List<WalletAddress> unpaid =
        Wallets.range(WALLETS + 1, WALLETS).stream().map(WalletKey::address).toList();
    try (Anvil anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
        HourgateContract contract =
            HourgateContract.deploy(
                anvil.rpc(), Anvil.CHAIN_ID, Anvil.key(0), Anvil.key(0).address())) {
      report.progress(WALLETS + " wallets pay");
      PaidTime.give(
          anvil, contract, paid, Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(7_200));
      report.heading(
          "Look-ups of " + Figures.number(WALLETS, 0) + " wallets", "calls", "ms", "µs a wallet");
      for (int atOnce : List.of(10, 100, 250, 1_000, WALLETS)) {
        measure(
            Figures.number(atOnce, 0) + " at once",
            anvil.rpc(),
            contract,
            ledger -> inGroups(ledger, paid, atOnce));
      }
      measure(
          "all at once, none has paid",
          anvil.rpc(),
          contract,
          ledger -> inGroups(ledger, unpaid, WALLETS));
      measure(
          "the last look before an end",
          anvil.rpc(),
          contract,
          ledger -> readLatest(ledger, Set.copyOf(paid)));
    }
  }

  private void measure(String name, URI node, HourgateContract contract, Way way) {
    long calls;
    try (FaultyRpc counting = FaultyRpc.before(node);
        ChainLedger ledger = follow(counting.uri(), contract)) {
      long before = counting.asked("eth_call");
      way.lookUp(ledger);
      calls = counting.asked("eth_call") - before;
    }
    List<Double> millis = new ArrayList<>();
    Rounds rounds = new Rounds(time.dividedBy(7));
    while (rounds.more()) {
      try (ChainLedger ledger = follow(node, contract)) {
        long begin = System.nanoTime();
        way.lookUp(ledger);
        if (rounds.count() > 1) { // The first one warms up.
          millis.add((System.nanoTime() - begin) / 1e6);
        }
      }
    }
    Figures figures = Figures.of(millis);
    report.progress(name + ": " + figures.spread(0) + " ms");
    report.row(
        List.of(
            name,
            Figures.number((double) calls, 0),
            figures.spread(0),
            Figures.number(figures.median() * 1_000 / WALLETS, 0)));
  }

  private static ChainLedger follow(URI node, HourgateContract contract) {
    ChainLedger ledger =
        new ChainLedger(
            ChainConfig.of(Anvil.CHAIN_ID, List.of(node), List.of(contract.address())),
            TimeSource.system(),
            new SimpleMeterRegistry());
    ledger.start((_, _, _) -> {});
    GateRig.await(() -> ledger.status().fit());
    return ledger;
  }

  /** The next group is asked for when the last one is answered. */
  private static void inGroups(ChainLedger ledger, List<WalletAddress> wallets, int atOnce) {
    for (int from = 0; from < wallets.size(); from += atOnce) {
      List<WalletAddress> group = wallets.subList(from, Math.min(wallets.size(), from + atOnce));
      List<CompletableFuture<Answer>> answers =
          group.stream().map(w -> ledger.entitlementOf(w).toCompletableFuture()).toList();
      Set<Class<?>> kinds =
          answers.stream()
              .map(CompletableFuture::join)
              .map(Object::getClass)
              .collect(Collectors.toSet());
      if (!kinds.equals(Set.of(Answer.Known.class))) {
        throw new IllegalStateException("not all were answered: " + kinds);
      }
    }
  }

  private static void readLatest(ChainLedger ledger, Set<WalletAddress> wallets) {
    if (!(ledger.readLatest(wallets).toCompletableFuture().join() instanceof Reading.Complete)) {
      throw new IllegalStateException("not answered");
    }
  }
}

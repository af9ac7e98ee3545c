package org.hourgate.testing;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;

/** A ledger that says what a test has written into it. Safe for any thread. */
public final class StubLedger implements EntitlementLedger {

  private final Map<WalletAddress, Entitlement> entitlements = new HashMap<>();
  private final Map<WalletAddress, Entitlement> latest = new HashMap<>();
  private final Set<WalletAddress> watched = new HashSet<>();
  private boolean available = true;
  private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
  private int questions;
  private Instant readAt = Instant.EPOCH;
  private Consumer<WalletAddress> onWatch = _ -> {};
  private ChainStatus status = new ChainStatus(true, List.of(), Instant.EPOCH, false);

  public synchronized void paid(WalletAddress wallet, Instant until) {
    entitlements.put(wallet, new Entitlement(until, Instant.EPOCH));
    latest.put(wallet, new Entitlement(until, Instant.EPOCH));
  }

  /** What only a read at the newest block shows. */
  public synchronized void paidAtLatest(WalletAddress wallet, Instant until) {
    latest.put(wallet, new Entitlement(until, Instant.EPOCH));
  }

  public synchronized void entitle(WalletAddress wallet, Entitlement entitlement) {
    entitlements.put(wallet, entitlement);
    latest.put(wallet, entitlement);
  }

  /** When what is answered from now on was read. */
  public synchronized void readAt(Instant time) {
    readAt = time;
  }

  public synchronized void available(boolean yes) {
    available = yes;
  }

  /** From now on questions about single wallets break the ledger's promise never to fail. */
  public synchronized void fail(RuntimeException failure) {
    gate = CompletableFuture.failedFuture(failure);
  }

  /** Answers come only when the test says so. */
  public synchronized void hold() {
    gate = new CompletableFuture<>();
  }

  public synchronized void release() {
    gate.complete(null);
    gate = CompletableFuture.completedFuture(null);
  }

  public synchronized void status(ChainStatus newStatus) {
    status = newStatus;
  }

  /** What happens when a wallet is watched from now on. */
  public synchronized void onWatch(Consumer<WalletAddress> action) {
    onWatch = action;
  }

  public synchronized int questions() {
    return questions;
  }

  public synchronized Set<WalletAddress> watched() {
    return Set.copyOf(watched);
  }

  @Override
  public synchronized CompletionStage<Answer> entitlementOf(WalletAddress wallet) {
    questions++;
    return gate.thenApply(
        _ ->
            available
                ? new Answer.Known(entitlements.getOrDefault(wallet, Entitlement.NONE), readAt)
                : new Answer.Unavailable("down"));
  }

  @Override
  public synchronized Optional<Answer.Known> known(WalletAddress wallet) {
    return Optional.ofNullable(entitlements.get(wallet))
        .map(entitlement -> new Answer.Known(entitlement, readAt));
  }

  @Override
  public synchronized CompletionStage<Reading> readLatest(Set<WalletAddress> wallets) {
    if (!available) {
      return CompletableFuture.completedStage(new Reading.Unavailable("down"));
    }
    Map<WalletAddress, Entitlement> found = new HashMap<>();
    wallets.forEach(w -> found.put(w, latest.getOrDefault(w, Entitlement.NONE)));
    return CompletableFuture.completedStage(new Reading.Complete(found));
  }

  @Override
  public synchronized void watch(WalletAddress wallet) {
    watched.add(wallet);
    onWatch.accept(wallet);
  }

  @Override
  public synchronized void unwatch(WalletAddress wallet) {
    watched.remove(wallet);
  }

  @Override
  public synchronized ChainStatus status() {
    return status;
  }
}

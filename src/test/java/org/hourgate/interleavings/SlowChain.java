package org.hourgate.interleavings;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.entitlement.EntitlementListener;

/**
 * A ledger whose answers were read when they were asked for and arrive later, maybe after a change;
 * changes are told to who watches, and so is the first reading after {@link #watch}.
 */
final class SlowChain implements EntitlementLedger {

  private final Map<WalletAddress, Entitlement> truth = new HashMap<>();
  private final Set<WalletAddress> watched = new HashSet<>();
  private final Deque<Runnable> steps = new ArrayDeque<>();
  private EntitlementListener listener = (wallet, entitlement, reorganised) -> {};

  void listener(EntitlementListener toTell) {
    listener = toTell;
  }

  void paid(WalletAddress wallet, Instant until, Instant credentialsFrom) {
    truth.put(wallet, new Entitlement(until, credentialsFrom));
  }

  /** A block says something else. */
  void change(WalletAddress wallet, Instant until, Instant credentialsFrom) {
    paid(wallet, until, credentialsFrom);
    tell(wallet);
  }

  private void tell(WalletAddress wallet) {
    Entitlement read = of(wallet);
    steps.add(
        () -> {
          if (watched.contains(wallet)) {
            listener.entitlementChanged(wallet, read, false);
          }
        });
  }

  Entitlement of(WalletAddress wallet) {
    return truth.getOrDefault(wallet, Entitlement.NONE);
  }

  boolean hasWork() {
    return !steps.isEmpty();
  }

  void step() {
    steps.remove().run();
  }

  @Override
  public CompletionStage<Answer> entitlementOf(WalletAddress wallet) {
    Answer answer = new Answer.Known(of(wallet), Instant.EPOCH);
    CompletableFuture<Answer> later = new CompletableFuture<>();
    steps.add(() -> later.complete(answer));
    return later;
  }

  @Override
  public Optional<Answer.Known> known(WalletAddress wallet) {
    return Optional.empty();
  }

  @Override
  public CompletionStage<Reading> readLatest(Set<WalletAddress> wallets) {
    Map<WalletAddress, Entitlement> found = new HashMap<>();
    wallets.forEach(wallet -> found.put(wallet, of(wallet)));
    CompletableFuture<Reading> later = new CompletableFuture<>();
    steps.add(() -> later.complete(new Reading.Complete(found)));
    return later;
  }

  @Override
  public void watch(WalletAddress wallet) {
    watched.add(wallet);
    tell(wallet);
  }

  @Override
  public void unwatch(WalletAddress wallet) {
    watched.remove(wallet);
  }

  @Override
  public ChainStatus status() {
    return new ChainStatus(true, java.util.List.of(), Instant.EPOCH, false);
  }
}

package org.hourgate.bench;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;

/** A ledger without a chain: every wallet has paid until the same moment. */
record EverybodyPaid(Instant until) implements EntitlementLedger {

  private Entitlement entitlement() {
    return new Entitlement(until, Instant.EPOCH);
  }

  @Override
  public CompletionStage<Answer> entitlementOf(WalletAddress wallet) {
    return CompletableFuture.completedStage(new Answer.Known(entitlement(), Instant.EPOCH));
  }

  @Override
  public Optional<Answer.Known> known(WalletAddress wallet) {
    return Optional.of(new Answer.Known(entitlement(), Instant.EPOCH));
  }

  @Override
  public CompletionStage<Reading> readLatest(Set<WalletAddress> wallets) {
    return CompletableFuture.completedStage(
        new Reading.Complete(
            wallets.stream().collect(Collectors.toMap(Function.identity(), _ -> entitlement()))));
  }

  @Override
  public void watch(WalletAddress wallet) {}

  @Override
  public void unwatch(WalletAddress wallet) {}

  @Override
  public ChainStatus status() {
    return new ChainStatus(true, List.of(), Instant.EPOCH, false);
  }
}

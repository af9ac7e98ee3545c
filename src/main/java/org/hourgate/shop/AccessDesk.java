package org.hourgate.shop;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.entitlement.EntitlementLedger.Answer;
import org.hourgate.entitlement.EntitlementLedger.Reading;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Tells visitors what is known about a wallet's time. Each wallet is asked about at most once a
 * second, whoever asks, and few at a time, because logins wait in the same line; when the chain
 * can't be read, what was known last is told, with its age. Safe for any thread, never blocks.
 */
final class AccessDesk {

  private static final Duration KEEP = Duration.ofSeconds(1);
  private static final Duration LAST_KNOWN = Duration.ofMinutes(15);
  private static final int MAX_WALLETS = 20_000;

  /** Fewer than fit into one question: a verdict waits for no more than one of visitors. */
  private static final int MAX_UNDER_WAY = 200;

  private final EntitlementLedger ledger;
  private final boolean waitsForConfirmations;
  private final Map<WalletAddress, CompletableFuture<Access>> fresh;
  private final Map<WalletAddress, Access> lastKnown;
  private final AtomicInteger underWay = new AtomicInteger();

  /**
   * Makes a desk that knows nothing yet.
   *
   * @param waitsForConfirmations whether the newest block may say more than the gate acts on
   */
  AccessDesk(EntitlementLedger ledger, boolean waitsForConfirmations, TimeSource time) {
    this.ledger = ledger;
    this.waitsForConfirmations = waitsForConfirmations;
    fresh =
        Caffeine.newBuilder()
            .expireAfterWrite(KEEP)
            .maximumSize(MAX_WALLETS)
            .ticker(time::nanoTime)
            .<WalletAddress, CompletableFuture<Access>>build()
            .asMap();
    lastKnown =
        Caffeine.newBuilder()
            .expireAfterWrite(LAST_KNOWN)
            .maximumSize(MAX_WALLETS)
            .ticker(time::nanoTime)
            .<WalletAddress, Access>build()
            .asMap();
  }

  /**
   * Asks.
   *
   * @return completes exceptionally with a problem if nothing is known
   */
  CompletionStage<Access> of(WalletAddress wallet) {
    return fresh.computeIfAbsent(wallet, this::ask);
  }

  private CompletableFuture<Access> ask(WalletAddress wallet) {
    if (underWay.incrementAndGet() > MAX_UNDER_WAY) {
      underWay.decrementAndGet();
      return CompletableFuture.failedFuture(Problems.overloaded());
    }
    return read(wallet, newest(Set.of(wallet)))
        .whenComplete((access, failure) -> underWay.decrementAndGet())
        .toCompletableFuture();
  }

  /** What the newest block says of these wallets, in few questions. */
  CompletionStage<Map<WalletAddress, Entitlement>> newest(Set<WalletAddress> wallets) {
    if (!waitsForConfirmations || wallets.isEmpty()) {
      return CompletableFuture.completedFuture(Map.of());
    }
    return ledger
        .readLatest(wallets)
        .thenApply(
            reading ->
                switch (reading) {
                  case Reading.Complete(Map<WalletAddress, Entitlement> all) -> all;
                  case Reading.Unavailable _ -> Map.of();
                });
  }

  /** Asks past the memory of this desk. */
  CompletionStage<Access> read(
      WalletAddress wallet, CompletionStage<Map<WalletAddress, Entitlement>> newest) {
    return ledger
        .entitlementOf(wallet)
        .thenCombine(newest, (answer, latest) -> access(wallet, answer, latest.get(wallet)));
  }

  private Access access(WalletAddress wallet, Answer answer, @Nullable Entitlement latest) {
    return switch (answer) {
      case Answer.Known(Entitlement counts, Instant readAt) -> {
        Access access =
            new Access(
                wallet,
                counts.paidUntil(),
                latest == null ? counts.paidUntil() : latest.paidUntil(),
                counts.credentialsFrom(),
                readAt);
        lastKnown.put(wallet, access);
        yield access;
      }
      case Answer.Unavailable _ ->
          Optional.ofNullable(lastKnown.get(wallet)).orElseThrow(Problems::chainUnavailable);
    };
  }
}

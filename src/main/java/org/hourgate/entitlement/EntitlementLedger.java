package org.hourgate.entitlement;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.hourgate.credential.WalletAddress;

/**
 * Who has paid until when. Safe for any thread; stages never complete exceptionally and may
 * complete on any thread, also at once on the caller's.
 */
public interface EntitlementLedger {

  /** As many wallets as one call asks about: 1.5 million gas, below every node's limit. */
  int WALLETS_PER_CALL = 500;

  /** The answer for one wallet: from memory while that is good, otherwise by a coalesced read. */
  CompletionStage<Answer> entitlementOf(WalletAddress wallet);

  /** What is believed of the wallet and when that was read; asks nobody and never blocks. */
  Optional<Answer.Known> known(WalletAddress wallet);

  /** Reads these wallets at the newest block, past every cache, in as few calls as possible. */
  CompletionStage<Reading> readLatest(Set<WalletAddress> wallets);

  /**
   * From now on changes of this wallet are told to the listener, also after a reorganisation. So is
   * the first reading from now on, changed or not: an answer given before may be old by now.
   */
  void watch(WalletAddress wallet);

  /** Ends what {@link #watch} began, however often that was called. */
  void unwatch(WalletAddress wallet);

  /** What is known about the chain's state now; never blocks. */
  ChainStatus status();

  /** The answer to {@link #entitlementOf}. */
  sealed interface Answer {

    /** What the chain said, at the given time of our wall clock. */
    record Known(Entitlement entitlement, Instant readAt) implements Answer {}

    /** Nobody could be asked, or what came back can't be trusted. Never means "not paid". */
    record Unavailable(String reason) implements Answer {}
  }

  /** The answer to {@link #readLatest}. */
  sealed interface Reading {
    record Complete(Map<WalletAddress, Entitlement> entitlements) implements Reading {
      public Complete {
        entitlements = Map.copyOf(entitlements);
      }
    }

    record Unavailable(String reason) implements Reading {}
  }
}

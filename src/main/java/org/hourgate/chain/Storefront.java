package org.hourgate.chain;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.hourgate.credential.WalletAddress;

/** What a page that sells time has to show of the chain. Safe for any thread; nothing blocks. */
public interface Storefront {

  /** The newest block that was followed; empty before the first. */
  Optional<Head> head();

  /** What was for sale when it was last read; empty before the first time. */
  Optional<Shelf> shelf();

  /**
   * The newest purchases for or by a wallet, newest first. How far back they go is bounded.
   *
   * @param fromBlock where to begin at the earliest; the same in each call
   * @return completes exceptionally, as a rule with a {@link ChainException}, if the chain can't be
   *     asked
   */
  CompletionStage<List<Purchase>> purchases(WalletAddress wallet, long fromBlock);

  /**
   * Whose the first contract is now, as all nodes say that answer. Never older than a few seconds.
   *
   * @return completes exceptionally if too few nodes answer, or not all the same
   */
  CompletionStage<WalletAddress> owner();

  /**
   * What the first contract has earned. A long history is counted in steps: one with each call.
   *
   * @param fromBlock where to begin; the same in each call
   * @return completes exceptionally if the chain can't be asked
   */
  CompletionStage<Takings> takings(long fromBlock);
}

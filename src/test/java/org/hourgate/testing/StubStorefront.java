package org.hourgate.testing;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.hourgate.chain.Head;
import org.hourgate.chain.Purchase;
import org.hourgate.chain.Shelf;
import org.hourgate.chain.Storefront;
import org.hourgate.chain.Takings;
import org.hourgate.credential.WalletAddress;

/** A shop window that shows what a test has put into it. Safe for any thread. */
public final class StubStorefront implements Storefront {

  private volatile Optional<Head> head = Optional.empty();
  private volatile Optional<Shelf> shelf = Optional.empty();
  private volatile CompletionStage<List<Purchase>> purchases =
      CompletableFuture.completedFuture(List.of());

  public void head(Head newHead) {
    head = Optional.of(newHead);
  }

  public void shelf(Shelf newShelf) {
    shelf = Optional.of(newShelf);
  }

  private volatile CompletionStage<WalletAddress> owner =
      CompletableFuture.failedFuture(new IllegalStateException("no node"));
  private volatile CompletionStage<Takings> takings =
      CompletableFuture.failedFuture(new IllegalStateException("no node"));

  public void owner(WalletAddress newOwner) {
    owner = CompletableFuture.completedFuture(newOwner);
  }

  public void ownerIsUnknown() {
    owner = CompletableFuture.failedFuture(new IllegalStateException("http://10.0.0.7 is down"));
  }

  public void takings(Takings newTakings) {
    takings = CompletableFuture.completedFuture(newTakings);
  }

  @Override
  public CompletionStage<WalletAddress> owner() {
    return owner;
  }

  @Override
  public CompletionStage<Takings> takings(long fromBlock) {
    return takings;
  }

  public void purchases(CompletionStage<List<Purchase>> answer) {
    purchases = answer;
  }

  @Override
  public Optional<Head> head() {
    return head;
  }

  @Override
  public Optional<Shelf> shelf() {
    return shelf;
  }

  @Override
  public CompletionStage<List<Purchase>> purchases(WalletAddress wallet, long fromBlock) {
    return purchases;
  }
}

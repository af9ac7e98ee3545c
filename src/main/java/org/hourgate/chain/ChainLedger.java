package org.hourgate.chain;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.entitlement.EntitlementListener;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger that asks Ethereum nodes. Needs no node to start: until one is fit, {@link #status}
 * says why not and wallets are answered with {@link Answer.Unavailable}. A watched wallet with time
 * ahead is always answered from memory, which the watcher keeps up to date.
 *
 * <p>Safe for any thread; no method but {@link #close} blocks.
 */
public final class ChainLedger implements EntitlementLedger, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChainLedger.class);

  private final ChainConfig config;
  private final TimeSource time;
  private final MeterRegistry meters;
  private final Nodes nodes;
  private final UnconfirmedPurchases unconfirmed;
  private final AccessReader reader;
  private final Opinions opinions;
  private final WatchedWallets watched = new WatchedWallets();
  private final Lookups lookups;
  private final ChainStorefront storefront;
  private final Sales sales;
  private volatile @Nullable ChainWatcher watcher;

  public ChainLedger(ChainConfig config, TimeSource time, MeterRegistry meters) {
    this.config = config;
    this.time = time;
    this.meters = meters;
    unconfirmed = new UnconfirmedPurchases(config);
    reader = new AccessReader(config, time, unconfirmed);
    nodes = new Nodes(config, time, reader, meters);
    opinions = new Opinions(config, time, nodes, meters);
    lookups = new Lookups(config, time, opinions, reader);
    storefront = new ChainStorefront(config, time, nodes, this::head);
    sales = new Sales(config, nodes, this::head, meters);
  }

  private Optional<Head> head() {
    ChainWatcher current = watcher;
    return current == null ? Optional.empty() : current.head();
  }

  /** What a page has to show of the chain; reads by itself from {@link #start} on. */
  public Storefront storefront() {
    return storefront;
  }

  /**
   * Asks these nodes from now on; what is followed and remembered stays. Blocks until the new ones
   * were looked at.
   *
   * @throws IllegalArgumentException if they are fewer than must agree
   */
  public void change(List<URI> rpc) {
    if (rpc.size() < config.quorum()) {
      throw new IllegalArgumentException("fewer nodes than must agree");
    }
    nodes.change(rpc);
  }

  /** Begins to follow the chain. To be called once. */
  public void start(EntitlementListener listener) {
    if (watcher != null) {
      throw new IllegalStateException("started already");
    }
    Witnesses witnesses = new Witnesses(config, nodes, reader, meters);
    WatchedReadings readings =
        new WatchedReadings(time, reader, witnesses, watched, lookups, listener);
    ChainWatcher created = new ChainWatcher(config, nodes, unconfirmed, lookups, readings, meters);
    watcher = created;
    created.start();
    storefront.start();
    sales.start();
  }

  @Override
  public CompletionStage<Answer> entitlementOf(WalletAddress wallet) {
    Optional<Remembered> known =
        watched.find(wallet).filter(reading -> reading.isPaidAt(time.wallTime()));
    return known.isPresent()
        ? CompletableFuture.completedFuture(known.get().toAnswer())
        : lookups.ask(wallet);
  }

  @Override
  public Optional<Answer.Known> known(WalletAddress wallet) {
    return watched.find(wallet).or(() -> lookups.remembered(wallet)).map(Remembered::toAnswer);
  }

  @Override
  public CompletionStage<Reading> readLatest(Set<WalletAddress> wallets) {
    if (wallets.isEmpty()) {
      return CompletableFuture.completedFuture(new Reading.Complete(Map.of()));
    }
    Set<WalletAddress> copy = Set.copyOf(wallets);
    CompletableFuture<Reading> result = new CompletableFuture<>();
    result.completeOnTimeout(
        new Reading.Unavailable(
            "no answer from the chain within " + config.answerTimeout().toMillis() + " ms"),
        config.answerTimeout().toMillis(),
        TimeUnit.MILLISECONDS);
    Thread.ofVirtual().name("chain-latest").start(() -> result.complete(newest(copy)));
    return result;
  }

  private Reading newest(Set<WalletAddress> wallets) {
    try {
      Opinions.Outcome outcome =
          opinions.ask(wallets, reader.viewOfTheNewest(), Optional.empty(), /* atOnce= */ 2);
      return new Reading.Complete(outcome.believed());
    } catch (ChainException e) {
      return new Reading.Unavailable(e.getMessage());
    } catch (RuntimeException e) {
      log.error("A reading failed unexpectedly", e);
      return new Reading.Unavailable("internal error");
    }
  }

  @Override
  public void watch(WalletAddress wallet) {
    watched.add(wallet, lookups.remembered(wallet));
  }

  @Override
  public void unwatch(WalletAddress wallet) {
    watched.remove(wallet, reading -> lookups.remember(wallet, reading));
  }

  @Override
  public ChainStatus status() {
    ChainWatcher current = watcher;
    return current == null
        ? new ChainStatus(
            false, List.of("not started"), Instant.EPOCH, config.maxHeadAge().isPresent())
        : current.status();
  }

  /** Ends what is under way and the watcher, within a second. */
  @Override
  public void close() {
    storefront.close();
    sales.close();
    nodes.close();
    ChainWatcher current = watcher;
    if (current != null) {
      current.close();
    }
  }
}

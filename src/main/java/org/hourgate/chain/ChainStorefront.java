package org.hourgate.chain;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.time.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the shelf up to date on a thread of its own: looks every few seconds, if there is a new
 * block, whether an event changed it, and reads it again if so, and now and then anyway. Histories
 * are read when asked for, few at a time, and kept for a moment. Failures here say nothing about a
 * node's fitness: no verdict waits behind a visitor.
 */
final class ChainStorefront implements Storefront, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChainStorefront.class);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final Duration READ_EVERY = Duration.ofMinutes(5);

  /** Blocks that a reorganisation may have replaced since the last look. */
  private static final long LOOK_BACK = 32;

  private static final Duration KEEP_HISTORY = Duration.ofSeconds(10);
  private static final int MAX_HISTORIES = 2_000;
  private static final int HISTORIES_AT_ONCE = 2;
  private static final int MAX_WAITING = 50;

  private final ChainConfig config;
  private final TimeSource time;
  private final Nodes nodes;
  private final Supplier<Optional<Head>> head;
  private final ShelfReader shelves = new ShelfReader();
  private final PurchaseReader purchases;
  private final Map<WalletAddress, CompletableFuture<List<Purchase>>> histories;
  private final Semaphore reading = new Semaphore(HISTORIES_AT_ONCE);
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Optional<Shelf> shelf = Optional.empty();

  // The thread's own.
  private long lookedAt = -1;
  private long readAtNanos;
  private boolean failing;

  ChainStorefront(ChainConfig config, TimeSource time, Nodes nodes, Supplier<Optional<Head>> head) {
    this.config = config;
    this.time = time;
    this.nodes = nodes;
    this.head = head;
    purchases = new PurchaseReader(config, time, shelves);
    histories =
        Caffeine.newBuilder()
            .expireAfterWrite(KEEP_HISTORY)
            .maximumSize(MAX_HISTORIES)
            .ticker(time::nanoTime)
            .<WalletAddress, CompletableFuture<List<Purchase>>>build()
            .asMap();
    thread = Thread.ofPlatform().name("chain-storefront").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public Optional<Head> head() {
    return head.get();
  }

  @Override
  public Optional<Shelf> shelf() {
    return shelf;
  }

  @Override
  public CompletionStage<List<Purchase>> purchases(WalletAddress wallet, long fromBlock) {
    CompletableFuture<List<Purchase>> history =
        histories.computeIfAbsent(wallet, key -> startReading(key, fromBlock));
    if (history.isCompletedExceptionally()) {
      histories.remove(wallet, history); // The next one may have more luck.
    }
    return history;
  }

  private CompletableFuture<List<Purchase>> startReading(WalletAddress wallet, long fromBlock) {
    if (reading.getQueueLength() >= MAX_WAITING) {
      return CompletableFuture.failedFuture(new ChainException("too many ask for their history"));
    }
    CompletableFuture<List<Purchase>> result = new CompletableFuture<>();
    Thread.ofVirtual().name("chain-history").start(() -> readPurchases(wallet, fromBlock, result));
    return result;
  }

  private void readPurchases(
      WalletAddress wallet, long fromBlock, CompletableFuture<List<Purchase>> result) {
    reading.acquireUninterruptibly();
    try {
      result.complete(
          nodes.askAside(
              node ->
                  purchases.read(
                      node,
                      wallet,
                      fromBlock,
                      head().orElseThrow(() -> new ChainException("no block yet")).number())));
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    } finally {
      reading.release();
    }
  }

  private void run() {
    try {
      do {
        look();
      } while (!closing.await(pause().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The first shelf is wanted soon; later a poll is often enough. */
  private Duration pause() {
    return shelf.isEmpty() || config.poll().compareTo(LOOK_EVERY) > 0 ? config.poll() : LOOK_EVERY;
  }

  private void look() {
    Optional<Head> newest = head.get();
    if (newest.isEmpty() || newest.get().number() == lookedAt) {
      return;
    }
    try {
      long block = newest.get().number();
      var _ = nodes.<Boolean>askAside(node -> look(node, block));
      lookedAt = block;
      failing = false;
    } catch (ChainException e) {
      if (!failing) {
        log.warn("offers can't be read: {}", e.getMessage());
      }
      failing = true;
    } catch (RuntimeException e) {
      log.error("Reading the offers failed unexpectedly", e);
    }
  }

  private boolean look(ChainNode node, long block) {
    WalletAddress contract = config.contracts().getFirst();
    if (shelf.isPresent()
        && time.nanoTime() - readAtNanos < READ_EVERY.toNanos()
        && !mayHaveChanged(node, contract, block)) {
      return false;
    }
    long nanos = time.nanoTime();
    shelf = Optional.of(shelves.read(node, contract, block, time.wallTime()));
    readAtNanos = nanos;
    return true;
  }

  private boolean mayHaveChanged(ChainNode node, WalletAddress contract, long block) {
    try {
      return shelves.changed(node, contract, Math.max(0, lookedAt - LOOK_BACK), block);
    } catch (NodeException e) {
      return true; // A range that is too long, or logs that the node does not have.
    }
  }

  @Override
  public void close() {
    closing.countDown();
  }
}

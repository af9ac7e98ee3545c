package org.hourgate.chain;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * are read when asked for, few at a time, and kept for a moment, but not beyond the next block:
 * whoever has just bought looks for it. Failures here say nothing about a node's fitness: no
 * verdict waits behind a visitor.
 */
final class ChainStorefront implements Storefront, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChainStorefront.class);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final Duration READ_EVERY = Duration.ofMinutes(5);

  /** Blocks that a reorganisation may have replaced since the last look. */
  private static final long LOOK_BACK = 32;

  private static final Duration KEEP_HISTORY = Duration.ofSeconds(10);
  private static final Duration KEEP_OWNER = Duration.ofSeconds(2);
  private static final Duration KEEP_TAKINGS = Duration.ofSeconds(3);
  private static final long COUNT_AT_ONCE = 20_000;
  private static final int MAX_HISTORIES = 2_000;
  private static final int HISTORIES_AT_ONCE = 2;
  private static final int MAX_WAITING = 50;

  private final ChainConfig config;
  private final TimeSource time;
  private final Nodes nodes;
  private final Supplier<Optional<Head>> head;
  private final ShelfReader shelves = new ShelfReader();
  private final PurchaseReader purchases;
  private final TakingsReader tills;
  private final Map<HistoryKey, CompletableFuture<List<Purchase>>> histories;
  private final Map<WalletAddress, CompletableFuture<WalletAddress>> owners;
  private final Map<WalletAddress, CompletableFuture<Takings>> takings;
  private final Semaphore reading = new Semaphore(HISTORIES_AT_ONCE);
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Optional<Shelf> shelf = Optional.empty();

  // The thread's own.
  private long lookedAt = -1;
  private long readAtNanos;
  private boolean failing;

  private record HistoryKey(WalletAddress wallet, Optional<Head> head) {}

  ChainStorefront(ChainConfig config, TimeSource time, Nodes nodes, Supplier<Optional<Head>> head) {
    this.config = config;
    this.time = time;
    this.nodes = nodes;
    this.head = head;
    purchases = new PurchaseReader(config, time, shelves);
    tills = new TakingsReader(config, time, COUNT_AT_ONCE);
    histories = kept(KEEP_HISTORY);
    owners = kept(KEEP_OWNER);
    takings = kept(KEEP_TAKINGS);
    thread = Thread.ofPlatform().name("chain-storefront").daemon().unstarted(this::run);
  }

  private <K, T> Map<K, CompletableFuture<T>> kept(Duration life) {
    return Caffeine.newBuilder()
        .expireAfterWrite(life)
        .maximumSize(MAX_HISTORIES)
        .ticker(time::nanoTime)
        .<K, CompletableFuture<T>>build()
        .asMap();
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
    HistoryKey key = new HistoryKey(wallet, head());
    CompletableFuture<List<Purchase>> history =
        histories.computeIfAbsent(key, _ -> startReading(wallet, fromBlock));
    if (history.isCompletedExceptionally()) {
      histories.remove(key, history); // The next one may have more luck.
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
      // Up to the node's newest block: a wallet can be seen to have paid before that is followed.
      result.complete(
          nodes.askAside(node -> purchases.read(node, wallet, fromBlock, node.latest().number())));
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    } finally {
      reading.release();
    }
  }

  @Override
  public CompletionStage<WalletAddress> owner() {
    return once(owners, this::readOwner);
  }

  @Override
  public CompletionStage<Takings> takings(long fromBlock) {
    return once(
        takings,
        () ->
            nodes.askAside(
                node -> tills.read(node, shelf.orElseThrow(ChainStorefront::noBlock), fromBlock)));
  }

  /** One question of a kind at a time, and its answer for a moment; a failure is not kept. */
  private <T> CompletionStage<T> once(
      Map<WalletAddress, CompletableFuture<T>> kept, Supplier<T> question) {
    WalletAddress contract = contract();
    CompletableFuture<T> answer =
        kept.computeIfAbsent(
            contract,
            _ -> {
              CompletableFuture<T> asked = new CompletableFuture<>();
              Thread.ofVirtual().name("chain-owner").start(() -> complete(asked, question));
              return asked;
            });
    if (answer.isCompletedExceptionally()) {
      kept.remove(contract, answer);
    }
    return answer;
  }

  private static <T> void complete(CompletableFuture<T> asked, Supplier<T> question) {
    try {
      asked.complete(question.get());
    } catch (RuntimeException e) {
      asked.completeExceptionally(e);
    }
  }

  /** No node alone says who may look into the books, where a verdict would not be its alone. */
  private WalletAddress readOwner() {
    Set<WalletAddress> said = new HashSet<>();
    int answers = 0;
    for (Endpoint endpoint : nodes.fit()) {
      try {
        said.add(shelves.owner(endpoint.node(), contract()));
        answers++;
      } catch (NodeException e) {
        log.debug("the owner can't be read: {}", e.getMessage());
      }
    }
    if (answers == 0 || answers < config.quorum()) {
      throw nodes.noAnswer();
    }
    if (said.size() > 1) {
      throw new ChainException("the nodes do not agree on the owner");
    }
    return said.iterator().next();
  }

  private WalletAddress contract() {
    return config.contracts().getFirst();
  }

  private static ChainException noBlock() {
    return new ChainException("no block yet");
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
    WalletAddress contract = contract();
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

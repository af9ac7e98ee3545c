package org.hourgate.chain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.hourgate.credential.WalletAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what is bought while this process runs, from confirmed blocks only, on a thread of its
 * own. For boards: nothing is decided by it, a failure says nothing about a node's fitness, and
 * what a reorganisation takes away after its confirmation stays counted.
 */
final class Sales implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Sales.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  /** As many products as have counters of their own; more would be no board any more. */
  private static final int OFFERS = 16;

  private final ChainConfig config;
  private final Nodes nodes;
  private final Supplier<Optional<Head>> head;
  private final BookReader books;
  private final ShelfReader shelves = new ShelfReader();
  private final Map<String, Product> products = new HashMap<>();
  private final List<Counters> counters = new ArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  // The thread's own.
  private long counted = -1;
  private boolean failing;

  private record Counters(Counter purchases, Counter ether, Counter seconds) {}

  Sales(ChainConfig config, Nodes nodes, Supplier<Optional<Head>> head, MeterRegistry meters) {
    this.config = config;
    this.nodes = nodes;
    this.head = head;
    books = new BookReader(config.contracts());
    for (int offer = 0; offer <= OFFERS; offer++) {
      String name = offer == OFFERS ? "other" : String.valueOf(offer);
      counters.add(
          new Counters(
              counter(meters, "hourgate.purchases", "Purchases seen on the chain", name),
              counter(meters, "hourgate.revenue.ether", "What was paid in ether", name),
              counter(meters, "hourgate.sold.seconds", "The time that was bought", name)));
    }
    thread = Thread.ofPlatform().name("chain-sales").daemon().unstarted(this::run);
  }

  private static Counter counter(MeterRegistry meters, String name, String help, String offer) {
    return Counter.builder(name).description(help).tag("offer", offer).register(meters);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        look();
      } while (!closing.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    Optional<Long> confirmed =
        head.get().map(newest -> newest.number() - (config.confirmations().longest() - 1));
    if (confirmed.isEmpty() || confirmed.get() <= counted) {
      return;
    }
    if (counted < 0) {
      counted = Math.max(0, confirmed.get()); // What was bought before was not bought now.
      return;
    }
    try {
      List<BookReader.Found> bought =
          nodes.askAside(
              node -> {
                List<BookReader.Found> found = books.read(node, counted + 1, confirmed.get());
                found.forEach(one -> know(node, one));
                return found;
              });
      counted = confirmed.get();
      bought.forEach(this::count);
      failing = false;
    } catch (ChainException e) {
      if (!failing) {
        log.warn("purchases can't be counted: {}", e.getMessage());
      }
      failing = true;
    } catch (RuntimeException e) {
      log.error("Counting purchases failed unexpectedly", e);
    }
  }

  private void know(ChainNode node, BookReader.Found found) {
    found
        .product()
        .ifPresent(
            id ->
                products.computeIfAbsent(
                    key(found.contract(), id), _ -> shelves.product(node, found.contract(), id)));
  }

  private static String key(WalletAddress contract, long id) {
    return contract.hex() + "/" + id;
  }

  private void count(BookReader.Found found) {
    if (found.product().isEmpty()) {
      return;
    }
    long id = found.product().getAsLong();
    Product product = products.get(key(found.contract(), id));
    boolean own = id < OFFERS && found.contract().equals(config.contracts().getFirst());
    Counters of = counters.get(own ? (int) id : OFFERS);
    of.purchases().increment();
    if (product != null) {
      of.seconds().increment((double) product.duration().toSeconds());
      if (product.token().isEmpty()) {
        of.ether().increment(new BigDecimal(found.amount(), 18).doubleValue());
      }
    }
  }

  @Override
  public void close() {
    closing.countDown();
  }
}

package org.hourgate.chain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.hourgate.chain.NodeException.Kind;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementListener;
import org.hourgate.infrastructure.time.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the chain on one thread of its own: looks at the newest block each poll, finds by block
 * hashes whether blocks that counted are gone, collects from the logs whose access changed, reads
 * those wallets again and tells the listener. Logs are hints only: after a reorganisation, a gap, a
 * range whose logs can't be had, and every few minutes, all watched wallets are read again. What
 * could not be read is kept for the next poll.
 */
final class ChainWatcher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChainWatcher.class);

  private static final Duration READ_ALL_EVERY = Duration.ofMinutes(5);
  private static final long MAX_SPAN = 2_000;
  private static final long MAX_CATCH_UP = 10_000;

  private final ChainConfig config;
  private final TimeSource time;
  private final Nodes nodes;
  private final AccessReader reader;
  private final WatchedWallets watched;
  private final Lookups lookups;
  private final EntitlementListener listener;
  private final Counter reorganisations;
  private final DistributionSummary reorganisationDepth;
  private final Thread thread;

  private final Semaphore wakeUps = new Semaphore(0);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile ChainStatus status;
  private volatile long headNumber;
  private volatile Optional<Head> head = Optional.empty();

  // The rest is the thread's own.
  private final BlockTrail trail = new BlockTrail();
  private final Set<WalletAddress> changed = new HashSet<>();
  private final Map<WalletAddress, Long> unconfirmed = new HashMap<>();
  private boolean readAll = true;
  private boolean reorganised;
  private long readAllAt;
  private long span = MAX_SPAN;
  private boolean logsRefused;

  ChainWatcher(
      ChainConfig config,
      TimeSource time,
      Nodes nodes,
      AccessReader reader,
      WatchedWallets watched,
      Lookups lookups,
      EntitlementListener listener,
      MeterRegistry meters) {
    this.config = config;
    this.time = time;
    this.nodes = nodes;
    this.reader = reader;
    this.watched = watched;
    this.lookups = lookups;
    this.listener = listener;
    status = unfit(nodes.troubles(), Instant.EPOCH);
    readAllAt = time.nanoTime();
    reorganisations =
        Counter.builder("hourgate.chain.reorgs")
            .description("Reorganisations seen")
            .register(meters);
    reorganisationDepth =
        DistributionSummary.builder("hourgate.chain.reorg.depth.blocks")
            .description("By how many blocks reorganisations shortened the chain")
            .serviceLevelObjectives(1, 2, 3, 6, 12, 32)
            .register(meters);
    Gauge.builder("hourgate.chain.head.timestamp.seconds", () -> status.headTime().getEpochSecond())
        .description("The newest block's time, 0 if none was seen")
        .register(meters);
    Gauge.builder("hourgate.chain.block", () -> headNumber)
        .description("The number of the newest block and of the newest that counts")
        .tag("kind", "latest")
        .register(meters);
    Gauge.builder(
            "hourgate.chain.block", () -> Math.max(0, headNumber - (config.confirmations() - 1)))
        .description("The number of the newest block and of the newest that counts")
        .tag("kind", "confirmed")
        .register(meters);
    thread = Thread.ofPlatform().name("chain-watcher").daemon().unstarted(this::run);
  }

  void start() {
    nodes.onFailure(wakeUps::release);
    thread.start();
  }

  /** The last poll's result, unless no node is fit since. */
  ChainStatus status() {
    ChainStatus last = status;
    return last.fit() && !nodes.isAnyFit() ? unfit(nodes.troubles(), last.headTime()) : last;
  }

  /** The newest block that was followed. */
  Optional<Head> head() {
    return head;
  }

  /** Ends the thread; waits a little for it. */
  @Override
  public void close() {
    closing.countDown();
    wakeUps.release();
    try {
      var _ = thread.join(Duration.ofMillis(500));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long poll = config.poll().toNanos();
    long shortest = poll / 4; // also when we are woken again and again
    try {
      do {
        poll();
        if (wakeUps.tryAcquire(poll - shortest, TimeUnit.NANOSECONDS)) {
          wakeUps.drainPermits();
        }
      } while (!closing.await(shortest, TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void poll() {
    ChainStatus next;
    try {
      nodes.maintain();
      Instant headTime = nodes.ask(this::follow);
      next = new ChainStatus(true, List.of(), headTime, config.maxHeadAge().isPresent());
    } catch (ChainException e) {
      next = unfit(List.of(e.getMessage()), status.headTime());
    } catch (RuntimeException e) {
      log.error("Following the chain failed unexpectedly", e);
      next = unfit(List.of("internal error"), status.headTime());
    }
    if (closing.getCount() > 0
        && (next.fit() != status.fit() || !next.reasons().equals(status.reasons()))) {
      if (next.fit()) {
        log.info("chain fit head={}", next.headTime());
      } else {
        log.warn("chain unfit reasons={}", next.reasons());
      }
    }
    status = next;
  }

  private ChainStatus unfit(List<String> reasons, Instant headTime) {
    return new ChainStatus(false, reasons, headTime, config.maxHeadAge().isPresent());
  }

  /** Catches up with the node's newest block; returns its time. */
  private Instant follow(ChainNode node) {
    BlockHeader head = node.latest();
    nodes.requireFresh(node, head);
    long gone = trail.retreat(head, node::block);
    if (gone > 0) {
      log.warn("reorganisation depth={} head={}", gone, head.number());
      reorganisations.increment();
      reorganisationDepth.record((double) gone);
      reorganised = true;
      forgetAll();
    }
    boolean news = true;
    if (trail.last().isEmpty()) {
      forgetAll();
    } else {
      long from = trail.last().get().number() + 1;
      news = from <= head.number();
      if (head.number() - from >= MAX_CATCH_UP) {
        log.warn("gap blocks={} head={}", head.number() - from + 1, head.number());
        forgetAll();
      } else {
        scan(node, from, head.number());
      }
    }
    trail.add(head);
    headNumber = head.number();
    this.head = Optional.of(new Head(head.number(), head.time()));
    lookups.followedTo(head.number());
    readAgain(node, head, news);
    return head.time();
  }

  /** Notes whose access changed in these blocks; if the node won't say, that is everybody's. */
  private void scan(ChainNode node, long from, long to) {
    long next = from;
    while (next <= to) {
      long end = Math.min(to, next + span - 1);
      try {
        note(node.accessChanges(config.contracts(), next, end), to);
        span = Math.min(MAX_SPAN, 2 * span);
        next = end + 1;
        logsRefused = false;
      } catch (NodeException e) {
        if (e.kind() != Kind.REFUSED && e.kind() != Kind.TOO_LONG) {
          throw e;
        }
        if (end == next) {
          if (!logsRefused) {
            log.warn("no logs of block {}, reading all wallets: {}", next, e.getMessage());
          }
          logsRefused = true;
          forgetAll();
          return;
        }
        span = (end - next + 1) / 2;
      }
    }
  }

  private void note(List<WalletAddress> accounts, long head) {
    for (WalletAddress account : accounts) {
      if (watched.outdate(account)) {
        changed.add(account);
        if (config.confirmations() > 1) {
          unconfirmed.put(account, head + config.confirmations() - 1);
        }
      }
    }
    // After outdate: what is handed over by a wallet that is no longer watched is forgotten too.
    lookups.invalidate(accounts);
  }

  private void forgetAll() {
    readAll = true;
    watched.all().forEach(watched::outdate);
    lookups.invalidateAll();
  }

  private void readAgain(ChainNode node, BlockHeader head, boolean news) {
    if (time.nanoTime() - readAllAt >= READ_ALL_EVERY.toNanos()) {
      readAll = true;
    }
    Set<WalletAddress> wallets;
    if (readAll) {
      wallets = watched.all();
    } else {
      wallets = watched.untold();
      wallets.addAll(changed);
      if (news) {
        wallets.addAll(unconfirmed.keySet());
      }
    }
    Instant readAt = time.wallTime();
    long readNanos = time.nanoTime();
    Set<WalletAddress> doubtful = new HashSet<>();
    Map<WalletAddress, Entitlement> result =
        wallets.isEmpty() ? Map.of() : read(node, wallets, head, doubtful);
    boolean afterReorganisation = reorganised;
    if (readAll) {
      readAll = false;
      readAllAt = readNanos;
    }
    reorganised &= !doubtful.isEmpty();
    changed.clear();
    changed.addAll(doubtful);
    unconfirmed.values().removeIf(settledAt -> settledAt <= head.number());
    result.forEach(
        (wallet, entitlement) -> {
          if (watched.update(wallet, new Remembered(entitlement, readAt, readNanos))) {
            tell(wallet, entitlement, afterReorganisation);
          }
        });
  }

  /**
   * Reads what counts at the block that was followed. Less time than was known may be what a later
   * block has changed since: the newest must say the same, or the wallet is left out as doubtful.
   */
  private Map<WalletAddress, Entitlement> read(
      ChainNode node, Set<WalletAddress> wallets, BlockHeader head, Set<WalletAddress> doubtful) {
    Map<WalletAddress, Entitlement> result = reader.counting(node, wallets, head.number());
    Set<WalletAddress> fallen = new HashSet<>();
    result.forEach(
        (wallet, access) -> {
          if (known(wallet).anyMatch(r -> isLess(access, r.entitlement()))) {
            fallen.add(wallet);
          }
        });
    if (!fallen.isEmpty()) {
      reader
          .counting(node, fallen)
          .forEach(
              (wallet, newest) -> {
                Entitlement followed = result.getOrDefault(wallet, Entitlement.NONE);
                if (!newest.paidUntil().equals(followed.paidUntil())) {
                  doubtful.add(wallet);
                }
              });
    }
    result.keySet().removeAll(doubtful);
    return result;
  }

  private Stream<Remembered> known(WalletAddress wallet) {
    return Stream.concat(watched.find(wallet).stream(), lookups.remembered(wallet).stream());
  }

  private static boolean isLess(Entitlement now, Entitlement before) {
    return now.paidUntil().isBefore(before.paidUntil());
  }

  private void tell(WalletAddress wallet, Entitlement entitlement, boolean afterReorganisation) {
    try {
      listener.entitlementChanged(wallet, entitlement, afterReorganisation);
    } catch (RuntimeException e) {
      log.error("A listener failed", e);
    }
  }
}

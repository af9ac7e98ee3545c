package org.hourgate.chain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.hourgate.chain.NodeException.Kind;
import org.hourgate.entitlement.ChainStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the chain on one thread of its own: looks at the newest block each poll, finds by block
 * hashes whether blocks that counted are gone, and collects from the logs whose access changed, for
 * {@link WatchedReadings} to read again. Logs are hints only: after a reorganisation, a gap, and a
 * range whose logs can't be had, all are read again. What could not be read is kept for the next
 * poll. A chain without a block that was followed long ago is another chain, and never followed.
 */
final class ChainWatcher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChainWatcher.class);

  private static final long MAX_SPAN = 2_000;
  private static final long MAX_CATCH_UP = 10_000;

  /**
   * Behind one address there may be nodes that are behind others. So many times in a row a head
   * that was passed already, or has unknown blocks below it, is taken for the work of those.
   */
  private static final int MAX_TIMES = 10;

  private final ChainConfig config;
  private final Nodes nodes;
  private final UnconfirmedPurchases unconfirmed;
  private final Lookups lookups;
  private final WatchedReadings readings;
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
  private int timesBack;
  private int timesWithHoles;
  private long span = MAX_SPAN;
  private boolean logsRefused;

  ChainWatcher(
      ChainConfig config,
      Nodes nodes,
      UnconfirmedPurchases unconfirmed,
      Lookups lookups,
      WatchedReadings readings,
      MeterRegistry meters) {
    this.config = config;
    this.nodes = nodes;
    this.unconfirmed = unconfirmed;
    this.lookups = lookups;
    this.readings = readings;
    status = unfit(nodes.troubles(), Instant.EPOCH);
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
            "hourgate.chain.block",
            () -> Math.max(0, headNumber - (config.confirmations().usual() - 1)))
        .description("The number of the newest block and of the newest that counts")
        .tag("kind", "confirmed")
        .register(meters);
    thread = Thread.ofPlatform().name("chain-watcher").daemon().unstarted(this::run);
  }

  void start() {
    nodes.onFailure(wakeUps::release);
    thread.start();
  }

  /** The last poll's result, unless too few nodes are fit since. */
  ChainStatus status() {
    ChainStatus last = status;
    return last.fit()
        ? nodes.shortage().map(reasons -> unfit(reasons, last.headTime())).orElse(last)
        : last;
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
      next =
          nodes
              .shortage()
              .map(reasons -> unfit(reasons, headTime))
              .orElseGet(
                  () ->
                      new ChainStatus(true, List.of(), headTime, config.maxHeadAge().isPresent()));
    } catch (ChainException e) {
      next = unfit(List.of(e.getMessage()), headTime());
    } catch (RuntimeException e) {
      log.error("Following the chain failed unexpectedly", e);
      next = unfit(List.of("internal error"), headTime());
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

  /** Of the newest block that was followed; before there is one, of the newest that a node has. */
  private Instant headTime() {
    return head.map(Head::time).or(nodes::newestTime).orElse(Instant.EPOCH);
  }

  private ChainStatus unfit(List<String> reasons, Instant headTime) {
    return new ChainStatus(false, reasons, headTime, config.maxHeadAge().isPresent());
  }

  /** Catches up with the node's newest block; returns the time of the newest that was followed. */
  private Instant follow(ChainNode node) {
    BlockHeader head = node.latest();
    nodes.requireUpToDate(node, head);
    Blocks blocks = new Blocks(node, head, config.contracts());
    boolean grown = trail.reaches(head, blocks);
    boolean passed = !grown && trail.hasPassed(head, blocks);
    timesBack = passed ? timesBack + 1 : 0;
    timesWithHoles = blocks.haveHoles() ? timesWithHoles + 1 : 0;
    if ((passed && timesBack <= MAX_TIMES) || (blocks.haveHoles() && timesWithHoles <= MAX_TIMES)) {
      return trail.last().orElseThrow().time();
    }
    if (blocks.haveHoles()) {
      throw node.unfit("does not have all blocks below its newest, " + head.number());
    }
    if (!grown) {
      nodes.requireLandmark(node, head);
      long gone = trail.retreat(head, blocks);
      unconfirmed.retreat(trail.last().map(BlockHeader::number).orElse(-1L));
      log.warn("reorganisation depth={} head={}", gone, head.number());
      reorganisations.increment();
      reorganisationDepth.record((double) gone);
      readings.reorganised();
    }
    if (trail.last().isEmpty()) {
      begin(node, head);
    } else {
      long from = trail.last().get().number() + 1;
      if (head.number() - from >= MAX_CATCH_UP) {
        log.warn("gap blocks={} head={}", head.number() - from + 1, head.number());
        readings.allChanged();
      } else {
        scan(node, from, head.number(), blocks);
      }
    }
    unconfirmed.follow(node, head.number(), blocks);
    trail.add(head);
    trail.first().ifPresent(nodes::landmark);
    headNumber = head.number();
    this.head = Optional.of(new Head(head.number(), head.time()));
    lookups.followedTo(head.number());
    readings.readAgain(node, head);
    return head.time();
  }

  /** Goes back a little, to know later how far back a chain is still the same. */
  private void begin(ChainNode node, BlockHeader head) {
    long start = Math.max(0, head.number() - BlockTrail.LENGTH);
    node.block(start).ifPresent(trail::add);
    readings.allChanged();
  }

  /** Notes whose access changed in these blocks; if the node won't say, that is everybody's. */
  private void scan(ChainNode node, long from, long to, Blocks blocks) {
    long next = from;
    while (next <= to) {
      long end = Math.min(to, next + span - 1);
      try {
        readings.changed(
            blocks.logs(ChainNode.ACCESS_CHANGED, next, end).stream().map(node::account).toList(),
            to + config.confirmations().longest() - 1);
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
          readings.allChanged();
          return;
        }
        span = (end - next + 1) / 2;
      }
    }
  }
}

package org.hourgate.chain;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Hash;

/**
 * The configured nodes, in order of preference. A question goes to the first fit one and, if that
 * fails, to the next. A node is fit once it has passed {@link #check}: right chain id, the
 * contracts' code there and the same as ever, a fresh head, a proper answer to {@code accessOf}.
 * Any failure makes it unfit until it passes again. Blocks the calling thread; safe for any thread.
 */
final class Nodes implements AutoCloseable {

  private static final Duration RECHECK_FIT = Duration.ofMinutes(1);
  private static final Duration RECHECK_SPARE = Duration.ofSeconds(5);
  static final WalletAddress NOBODY = new WalletAddress("0".repeat(40));

  private final ChainConfig config;
  private final TimeSource time;
  private final AccessReader reader;
  private final List<Candidate> candidates;
  private final Map<WalletAddress, String> codeHashes = new ConcurrentHashMap<>();
  private volatile Runnable onFailure = () -> {};
  private volatile boolean closed;

  Nodes(ChainConfig config, TimeSource time, AccessReader reader, MeterRegistry meters) {
    this.config = config;
    this.time = time;
    this.reader = reader;
    candidates =
        config.rpc().stream()
            .map(uri -> new Candidate(new ChainNode(uri, config.callTimeout(), meters)))
            .toList();
    for (int i = 0; i < candidates.size(); i++) {
      Candidate candidate = candidates.get(i);
      Gauge.builder("hourgate.chain.endpoint.up", candidate, c -> c.isFit() ? 1 : 0)
          .description("Whether a node is fit to be asked")
          .tag("endpoint", String.valueOf(i))
          .register(meters);
    }
  }

  /** Sets what is called, on any thread, when a node that was fit failed. */
  void onFailure(Runnable action) {
    onFailure = action;
  }

  /**
   * Returns the answer of the first fit node that gives one. No further node is asked when its
   * time-out would not fit into the time for an answer.
   *
   * @throws ChainException if there is none; the message says why
   */
  <T> T ask(Function<ChainNode, T> question) {
    long start = time.nanoTime();
    boolean asked = false;
    for (Candidate candidate : candidates) {
      if (!candidate.isFit()) {
        continue;
      }
      long left = config.answerTimeout().toNanos() - (time.nanoTime() - start);
      if (closed || (asked && left < config.callTimeout().toNanos())) {
        break;
      }
      asked = true;
      try {
        return question.apply(candidate.node);
      } catch (NodeException e) {
        candidate.trouble = Optional.of(e.getMessage());
        onFailure.run();
      }
    }
    throw new ChainException(closed ? "shut down" : String.join("; ", troubles()));
  }

  /**
   * Returns the answer of the first fit node, which stays fit whatever that is: for questions that
   * no verdict depends on.
   *
   * @throws ChainException if there is none; the message says why
   */
  <T> T askAside(Function<ChainNode, T> question) {
    for (Candidate candidate : candidates) {
      if (candidate.isFit() && !closed) {
        return question.apply(candidate.node);
      }
    }
    throw new ChainException(closed ? "shut down" : String.join("; ", troubles()));
  }

  boolean isAnyFit() {
    return candidates.stream().anyMatch(Candidate::isFit);
  }

  /** Why nodes are unfit, in order of preference; those that are fit say nothing. */
  List<String> troubles() {
    return candidates.stream().flatMap(candidate -> candidate.trouble.stream()).toList();
  }

  /** Checks the nodes that are due; waits for the outcome only if none is fit. */
  void maintain() {
    boolean noneFit = !isAnyFit();
    List<Candidate> due = candidates.stream().filter(c -> c.isDue(noneFit)).toList();
    CountDownLatch pending = new CountDownLatch(due.size());
    for (Candidate candidate : due) {
      Thread.startVirtualThread(
          () -> {
            try {
              candidate.recheck();
            } finally {
              pending.countDown();
            }
          });
    }
    if (noneFit) {
      try {
        pending.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Throws if this block is too old to be the newest of a living chain. */
  void requireFresh(ChainNode node, BlockHeader head) {
    config
        .maxHeadAge()
        .ifPresent(
            limit -> {
              Duration age = Duration.between(head.time(), time.wallTime());
              if (age.compareTo(limit) > 0) {
                throw node.unfit(
                    "the newest block is %d s old, the limit is %d s"
                        .formatted(age.toSeconds(), limit.toSeconds()));
              }
            });
  }

  /** Throws unless the node is of our chain, has our contracts, and is up to date. */
  void check(ChainNode node) {
    long id = node.chainId();
    if (id != config.id()) {
      throw node.unfit("wrong chain id: configured %d, node says %d".formatted(config.id(), id));
    }
    Map<WalletAddress, String> hashes = new HashMap<>();
    for (WalletAddress contract : config.contracts()) {
      byte[] code = node.code(contract);
      if (code.length == 0) {
        throw node.unfit("no code at " + contract.lowerCase());
      }
      hashes.put(contract, HexFormat.of().formatHex(Hash.sha3(code)));
    }
    hashes.forEach((contract, hash) -> requireSame(node, contract, hash, codeHashes.get(contract)));
    requireFresh(node, node.latest());
    reader.counting(node, List.of(NOBODY));
    hashes.forEach(
        (contract, hash) ->
            requireSame(node, contract, hash, codeHashes.putIfAbsent(contract, hash)));
  }

  private static void requireSame(
      ChainNode node, WalletAddress contract, String hash, @Nullable String before) {
    if (before != null && !before.equals(hash)) {
      throw node.unfit("the code at " + contract.lowerCase() + " is not what it was");
    }
  }

  /** Ends the questions under way; later ones fail. */
  @Override
  public void close() {
    closed = true;
    candidates.forEach(candidate -> candidate.node.close());
  }

  /** A node and what we think of it. */
  private final class Candidate {
    final ChainNode node;
    final AtomicBoolean checking = new AtomicBoolean();
    volatile Optional<String> trouble;
    volatile long checkedAt;

    Candidate(ChainNode node) {
      this.node = node;
      trouble = Optional.of(node.name() + ": not asked yet");
      checkedAt = time.nanoTime() - RECHECK_FIT.toNanos();
    }

    boolean isFit() {
      return trouble.isEmpty();
    }

    boolean isDue(boolean noneFit) {
      Duration interval = isFit() ? RECHECK_FIT : noneFit ? Duration.ZERO : RECHECK_SPARE;
      return time.nanoTime() - checkedAt >= interval.toNanos();
    }

    void recheck() {
      if (!checking.compareAndSet(false, true)) {
        return;
      }
      try {
        check(node);
        trouble = Optional.empty();
      } catch (NodeException e) {
        trouble = Optional.of(e.getMessage());
      } finally {
        checkedAt = time.nanoTime();
        checking.set(false);
      }
    }
  }
}

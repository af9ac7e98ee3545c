package org.hourgate.chain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Hash;

/**
 * The configured nodes, in order of preference. A node is fit once it has passed {@link #check}:
 * right chain id, the contracts' code there and the same as ever, a head that is fresh and not far
 * behind another node's, a proper answer to {@code accessOf}. Any failure makes it unfit until it
 * passes again. Blocks the calling thread; safe for any thread.
 */
final class Nodes implements AutoCloseable {

  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
  private static final Duration CHECK_EVERY = Duration.ofMinutes(1);

  /** A node that is further behind than both is behind. */
  static final long BLOCKS_BEHIND = 3;

  static final Duration TIME_BEHIND = Duration.ofSeconds(3);

  /** Clocks of ours and of those who make blocks may differ by so much. */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(60);

  static final WalletAddress NOBODY = new WalletAddress("0".repeat(40));

  private final ChainConfig config;
  private final TimeSource time;
  private final AccessReader reader;
  private final MeterRegistry meters;
  private volatile List<Place> places;
  private final Map<WalletAddress, String> codeHashes = new ConcurrentHashMap<>();
  private final Counter failovers;
  private volatile Runnable onFailure = () -> {};
  private volatile Optional<BlockHeader> landmark = Optional.empty();
  private volatile boolean closed;

  Nodes(ChainConfig config, TimeSource time, AccessReader reader, MeterRegistry meters) {
    this.config = config;
    this.time = time;
    this.reader = reader;
    this.meters = meters;
    places = config.rpc().stream().map(this::place).toList();
    showPlaces();
    failovers =
        Counter.builder("hourgate.chain.failovers")
            .description("Questions that went to another node because one failed")
            .register(meters);
  }

  /** A node, and where it is. */
  private record Place(URI uri, Endpoint endpoint) {}

  private Place place(URI uri) {
    ChainNode node = new ChainNode(uri, config.callTimeout(), meters);
    return new Place(uri, new Endpoint(node, time, () -> onFailure.run()));
  }

  /** By its place in the order: there may be fewer one day, and others. */
  private void showPlaces() {
    for (int i = 0; i < places.size(); i++) {
      int index = i;
      Gauge.builder("hourgate.chain.endpoint.up", this, nodes -> nodes.isFit(index) ? 1 : 0)
          .description("Whether a node is fit to be asked")
          .tag("endpoint", String.valueOf(i))
          .register(meters);
    }
  }

  private boolean isFit(int index) {
    List<Endpoint> now = endpoints();
    return index < now.size() && now.get(index).isFit();
  }

  private List<Endpoint> endpoints() {
    return places.stream().map(Place::endpoint).toList();
  }

  /**
   * Goes on with these nodes, which must be of the chain that was followed so far. Those that were
   * there before are what they were; new ones are checked first. Waits for that.
   */
  synchronized void change(List<URI> rpc) {
    List<Place> before = places;
    List<Place> after =
        rpc.stream()
            .map(
                uri ->
                    before.stream()
                        .filter(place -> place.uri().equals(uri))
                        .findFirst()
                        .orElseGet(() -> place(uri)))
            .toList();
    look(
        after.stream().filter(place -> !before.contains(place)).map(Place::endpoint).toList(),
        /* wait= */ true);
    places = after;
    showPlaces();
    before.stream()
        .filter(place -> !after.contains(place))
        .forEach(place -> place.endpoint().node().close());
  }

  /** Sets what is called, on any thread, when a node that was fit failed. */
  void onFailure(Runnable action) {
    onFailure = action;
  }

  /** Sets the block that a node must have to be of the chain we follow. */
  void landmark(BlockHeader block) {
    landmark = Optional.of(block);
  }

  /** Those that are fit now, in order of preference. */
  List<Endpoint> fit() {
    return closed ? List.of() : endpoints().stream().filter(Endpoint::isFit).toList();
  }

  /** Why too few are fit to let anybody in; empty if enough are. */
  Optional<List<String>> shortage() {
    List<String> troubles = troubles();
    return closed || fit().size() < config.quorum() ? Optional.of(troubles) : Optional.empty();
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
    for (Endpoint endpoint : fit()) {
      if (closed || (asked && !hasTimeForAnother(start))) {
        break;
      }
      if (asked) {
        countFailover();
      }
      asked = true;
      try {
        return endpoint.ask(question);
      } catch (NodeException e) {
        // The next one is asked; what was wrong is among the troubles.
      }
    }
    throw noAnswer();
  }

  /**
   * Returns the answer of the first fit node, which stays fit whatever that is: for questions that
   * no verdict depends on.
   *
   * @throws ChainException if there is none; the message says why
   */
  <T> T askAside(Function<ChainNode, T> question) {
    return question.apply(fit().stream().findFirst().orElseThrow(this::noAnswer).node());
  }

  /** Whether a question that began then leaves time to ask one more node. */
  boolean hasTimeForAnother(long startNanos) {
    long left = config.answerTimeout().toNanos() - (time.nanoTime() - startNanos);
    return !closed && left >= config.callTimeout().toNanos();
  }

  /** Counts that a question goes to another node because one failed. */
  void countFailover() {
    failovers.increment();
  }

  ChainException noAnswer() {
    List<String> troubles = troubles();
    if (closed) {
      return new ChainException("shut down");
    }
    return new ChainException(troubles.isEmpty() ? "no answer" : String.join("; ", troubles));
  }

  /** Why there is no full house: each unfit node's reason, in order of preference. */
  List<String> troubles() {
    return endpoints().stream().flatMap(endpoint -> endpoint.trouble().stream()).toList();
  }

  /** The time of the newest block that any node told of, fit or not. */
  Optional<Instant> newestTime() {
    return endpoints().stream()
        .flatMap(endpoint -> endpoint.node().lastHead().stream())
        .map(BlockHeader::time)
        .max(Comparator.naturalOrder());
  }

  /** Checks the nodes that are due; waits for the outcome only if too few are fit. */
  void maintain() {
    boolean enough = shortage().isEmpty();
    List<Endpoint> due =
        endpoints().stream()
            .filter(e -> (!enough && !e.isFit()) || e.wasLookedAt(LOOK_EVERY))
            .toList();
    look(due, !enough);
  }

  private void look(List<Endpoint> due, boolean wait) {
    CountDownLatch pending = new CountDownLatch(due.size());
    for (Endpoint endpoint : due) {
      Thread.startVirtualThread(
          () -> {
            try {
              boolean complete = endpoint.needsCheck(CHECK_EVERY);
              endpoint.check(complete ? this::check : this::look, complete);
            } finally {
              pending.countDown();
            }
          });
    }
    if (wait) {
      try {
        pending.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
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
    look(node);
    reader.probe(node);
    hashes.forEach(
        (contract, hash) ->
            requireSame(node, contract, hash, codeHashes.putIfAbsent(contract, hash)));
  }

  private void look(ChainNode node) {
    BlockHeader head = node.latest();
    requireUpToDate(node, head);
    requireLandmark(node, head);
  }

  /** Throws if the chain that ends here is another than the one that was followed. */
  void requireLandmark(ChainNode node, BlockHeader head) {
    landmark.ifPresent(
        block -> {
          boolean there =
              block.number() == head.number()
                  ? block.hash().equals(head.hash())
                  : block.number() < head.number() && hasBlock(node, block.number(), block.hash());
          if (!there) {
            throw node.unfit(
                "does not have block %d that was followed: if that chain was made anew, restart"
                    .formatted(block.number()));
          }
        });
  }

  private static void requireSame(
      ChainNode node, WalletAddress contract, String hash, @Nullable String before) {
    if (before != null && !before.equals(hash)) {
      throw node.unfit("the code at " + contract.lowerCase() + " is not what it was");
    }
  }

  /** Throws if this block can't be the newest one, by its age or by what another node has. */
  void requireUpToDate(ChainNode node, BlockHeader head) {
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
    List<Endpoint> others = fit().stream().filter(other -> other.node() != node).toList();
    if (isFromTheFuture(head) && others.stream().anyMatch(this::isOfTheTime)) {
      throw node.unfit("the newest block is of %s, which is to come".formatted(head.time()));
    }
    others.stream()
        .filter(other -> isAhead(other, head))
        .sorted(Comparator.comparingLong((Endpoint other) -> headOf(other).number()).reversed())
        .filter(other -> isSuccessor(other, head))
        .findFirst()
        .ifPresent(
            best -> {
              throw node.unfit(
                  "%d blocks behind %s"
                      .formatted(headOf(best).number() - head.number(), best.node().name()));
            });
  }

  /** Where all are, it is our clock that is late. */
  private boolean isFromTheFuture(BlockHeader head) {
    return config.maxHeadAge().isPresent()
        && head.time().isAfter(time.wallTime().plus(CLOCK_DIFFERENCE));
  }

  private boolean isOfTheTime(Endpoint endpoint) {
    return endpoint.node().lastHead().filter(head -> !isFromTheFuture(head)).isPresent();
  }

  /** By what it said some time ago, so that a node that is behind is never taken for better. */
  private static boolean isAhead(Endpoint other, BlockHeader head) {
    return other
        .node()
        .lastHead()
        .filter(its -> its.number() - head.number() > BLOCKS_BEHIND)
        .filter(its -> its.time().isAfter(head.time().plus(TIME_BEHIND)))
        .isPresent();
  }

  private static BlockHeader headOf(Endpoint endpoint) {
    return endpoint.node().lastHead().orElseThrow();
  }

  /** A higher head counts if it is not from the future and its chain has the lower one in it. */
  private boolean isSuccessor(Endpoint other, BlockHeader head) {
    BlockHeader its = headOf(other);
    if (isFromTheFuture(its)) {
      return false;
    }
    try {
      return other.ask(
          node ->
              hasBlock(node, head.number(), head.hash())
                  && hasBlock(node, its.number() - 1, its.parentHash()));
    } catch (NodeException e) {
      return false;
    }
  }

  private static boolean hasBlock(ChainNode node, long number, String hash) {
    return node.block(number).map(block -> block.hash().equals(hash)).orElse(false);
  }

  /** Ends the questions under way; later ones fail. */
  @Override
  public void close() {
    closed = true;
    endpoints().forEach(endpoint -> endpoint.node().close());
  }
}

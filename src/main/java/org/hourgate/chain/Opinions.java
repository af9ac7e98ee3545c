package org.hourgate.chain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.infrastructure.time.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks as many nodes about wallets as it takes to believe the answer ({@link Ballot}): the next one
 * as well when one fails, takes long, or says what would turn somebody away. Two nodes that differ
 * are first asked about the same block: if they agree about that, one only lags, and the other
 * counts. What remains disputed has no answer. Blocks the calling thread, no longer than the time
 * for an answer; safe for any thread.
 */
final class Opinions {

  private static final Logger log = LoggerFactory.getLogger(Opinions.class);

  /** The gate takes time that ends so soon for none. */
  private static final Duration TOO_SHORT = Duration.ofSeconds(2);

  private final ChainConfig config;
  private final TimeSource time;
  private final Nodes nodes;
  private final Counter hedges;
  private final Counter disagreements;

  /** What is believed, and about whom nothing is. */
  record Outcome(Map<WalletAddress, Entitlement> believed, Set<WalletAddress> disputed) {}

  Opinions(ChainConfig config, TimeSource time, Nodes nodes, MeterRegistry meters) {
    this.config = config;
    this.time = time;
    this.nodes = nodes;
    hedges =
        Counter.builder("hourgate.chain.hedges")
            .description("Questions put to a second node because the first took long")
            .register(meters);
    disagreements = disagreements(meters, "lookup");
  }

  /** Counts wallets about which nodes contradict each other. */
  static Counter disagreements(MeterRegistry meters, String about) {
    return Counter.builder("hourgate.chain.disagreements")
        .description("Wallets about which nodes contradicted each other")
        .tag("about", about)
        .register(meters);
  }

  /**
   * Asks what is to be believed of wallets.
   *
   * @param followedTo the newest block that was followed, empty if that does not matter: the node
   *     that is asked first must say of it too that nothing is paid
   * @param atOnce how many nodes to ask to begin with, if there are so many
   * @throws ChainException if nobody answers
   */
  Outcome ask(
      Set<WalletAddress> wallets, AccessReader.View view, Optional<Long> followedTo, int atOnce) {
    return new Round(wallets, view, followedTo).run(atOnce);
  }

  private record Reply(
      Endpoint endpoint, Optional<Map<WalletAddress, Entitlement>> said, Set<WalletAddress> of) {}

  private final class Round {
    private final AccessReader.View view;
    private final Optional<Long> followedTo;
    private final Ballot ballot;
    private final Set<WalletAddress> wallets;
    private final List<Endpoint> fit = nodes.fit();
    private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
    private final Set<WalletAddress> compared = new HashSet<>();
    private final long startNanos = time.nanoTime();
    private final Set<Endpoint> pending = new HashSet<>();
    private final Set<Endpoint> overdue = new HashSet<>();
    private int asked;

    Round(Set<WalletAddress> wallets, AccessReader.View view, Optional<Long> followedTo) {
      this.wallets = wallets;
      this.view = view;
      this.followedTo = followedTo;
      Instant horizon = time.wallTime().plus(TOO_SHORT);
      ballot = new Ballot(wallets, config.quorum(), horizon);
    }

    Outcome run(int atOnce) {
      askMore(Math.max(config.quorum(), atOnce), wallets);
      while (!pending.isEmpty() && !ballot.open().isEmpty()) {
        Optional<Reply> reply = await();
        if (reply.isPresent()) {
          pending.remove(reply.get().endpoint());
          received(reply.get());
        } else if (isOver()) {
          break;
        } else if (overdue.isEmpty()) {
          overdue.addAll(pending);
          if (asked < fit.size()) {
            hedges.increment();
            askMore(1, ballot.open());
          }
        }
      }
      return outcome();
    }

    private void askMore(long count, Set<WalletAddress> about) {
      for (int i = 0; i < count && asked < fit.size(); i++) {
        Endpoint endpoint = fit.get(asked);
        boolean first = pending.isEmpty() && !ballot.hasVotes();
        asked++;
        pending.add(endpoint);
        Thread.ofVirtual()
            .name("chain-opinion")
            .start(() -> replies.add(reply(endpoint, about, first)));
      }
    }

    private Reply reply(Endpoint endpoint, Set<WalletAddress> about, boolean first) {
      try {
        return new Reply(endpoint, Optional.of(endpoint.ask(n -> read(n, about, first))), about);
      } catch (ChainException e) {
        return new Reply(endpoint, Optional.empty(), about);
      } catch (RuntimeException e) {
        log.error("A reading failed unexpectedly", e);
        return new Reply(endpoint, Optional.empty(), about);
      }
    }

    /**
     * One address may stand for many nodes, some of them behind: the one that is asked first must
     * know the block that was followed before it is believed that nothing is paid.
     */
    private Map<WalletAddress, Entitlement> read(
        ChainNode node, Set<WalletAddress> about, boolean first) {
      Map<WalletAddress, Entitlement> result = new HashMap<>(view.now(node, about));
      if (first && followedTo.isPresent()) {
        Set<WalletAddress> refused =
            about.stream()
                .filter(w -> ballot.isUnpaid(result.getOrDefault(w, Entitlement.NONE)))
                .collect(Collectors.toSet());
        if (!refused.isEmpty()) {
          view.at(node, refused, followedTo.get())
              .forEach((wallet, access) -> result.merge(wallet, access, AccessReader::latest));
        }
      }
      return result;
    }

    private Optional<Reply> await() {
      Duration patience = overdue.isEmpty() ? config.hedgeAfter() : config.answerTimeout();
      long wait = Math.min(patience.toNanos(), config.answerTimeout().toNanos() - elapsed());
      try {
        return Optional.ofNullable(replies.poll(wait, TimeUnit.NANOSECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ChainException("interrupted");
      }
    }

    private void received(Reply reply) {
      reply.said().ifPresent(said -> ballot.add(reply.endpoint(), said));
      compareContradictions();
      if (ballot.open().isEmpty()) {
        return;
      }
      long inTime = pending.stream().filter(endpoint -> !overdue.contains(endpoint)).count();
      long more = ballot.missing() - inTime;
      if (more > 0 && asked < fit.size() && nodes.hasTimeForAnother(startNanos)) {
        if (reply.said().isEmpty()) {
          nodes.countFailover();
        }
        askMore(more, ballot.open());
      }
    }

    /** Where two nodes differ, one of them may only lag. */
    private void compareContradictions() {
      if (config.quorum() > 1) {
        return;
      }
      Map<List<Endpoint>, Set<WalletAddress>> byPair = new HashMap<>();
      for (WalletAddress wallet : ballot.open()) {
        if (!compared.contains(wallet)) {
          ballot
              .contradiction(wallet)
              .map(pair -> pair.stream().map(Ballot.Vote::endpoint).toList())
              .ifPresent(pair -> byPair.computeIfAbsent(pair, _ -> new HashSet<>()).add(wallet));
        }
      }
      byPair.forEach(
          (pair, differing) -> {
            compared.addAll(differing);
            try {
              compare(pair.get(0), pair.get(1), differing);
            } catch (NodeException e) {
              // It is unfit now; what the other said is judged without it.
              log.debug("could not compare: {}", e.getMessage());
            }
          });
    }

    private void compare(Endpoint one, Endpoint other, Set<WalletAddress> differing) {
      long headOfOne = one.ask(ChainNode::latest).number();
      long headOfOther = other.ask(ChainNode::latest).number();
      long common = Math.min(headOfOne, headOfOther);
      Map<WalletAddress, Entitlement> ofOne = at(one, differing, common);
      Map<WalletAddress, Entitlement> ofOther = at(other, differing, common);
      Set<WalletAddress> lagging = new HashSet<>(differing);
      lagging.removeIf(w -> !ballot.isSame(get(ofOne, w), get(ofOther, w)));
      if (!lagging.isEmpty()) {
        Endpoint ahead = headOfOne >= headOfOther ? one : other;
        at(ahead, lagging, Math.max(headOfOne, headOfOther)).forEach(ballot::decide);
      }
    }

    private Map<WalletAddress, Entitlement> at(
        Endpoint endpoint, Collection<WalletAddress> of, long head) {
      return endpoint.ask(node -> view.at(node, of, head));
    }

    private Outcome outcome() {
      if (!ballot.hasVotes()) {
        throw isOver()
            ? new ChainException(
                "no answer from the chain within " + config.answerTimeout().toMillis() + " ms")
            : nodes.noAnswer();
      }
      if (pending.isEmpty()) {
        ballot.close();
      }
      Set<WalletAddress> disputed = ballot.open();
      if (!disputed.isEmpty()) {
        long contradictory = disputed.stream().filter(ballot::isContradictory).count();
        disagreements.increment((double) contradictory);
        log.warn(
            "no answer about wallets={}: nodes contradict each other about {}, too few answered about"
                + " {}; troubles={}",
            disputed.size(),
            contradictory,
            disputed.size() - contradictory,
            nodes.troubles());
      }
      return new Outcome(ballot.decided(), disputed);
    }

    private boolean isOver() {
      return elapsed() >= config.answerTimeout().toNanos();
    }

    private long elapsed() {
      return time.nanoTime() - startNanos;
    }

    private static Entitlement get(Map<WalletAddress, Entitlement> said, WalletAddress wallet) {
      return said.getOrDefault(wallet, Entitlement.NONE);
    }
  }
}

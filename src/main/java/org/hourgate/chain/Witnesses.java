package org.hourgate.chain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Before news of one node may end a session, another one must bear it out, where there is another;
 * with a quorum, as many as that wants, also before news gives time. Used by one thread, which it
 * blocks.
 */
final class Witnesses {

  private static final Logger log = LoggerFactory.getLogger(Witnesses.class);

  private final ChainConfig config;
  private final Nodes nodes;
  private final AccessReader reader;
  private final Counter disagreements;
  private Set<WalletAddress> doubtedBefore = Set.of();

  Witnesses(ChainConfig config, Nodes nodes, AccessReader reader, MeterRegistry meters) {
    this.config = config;
    this.nodes = nodes;
    this.reader = reader;
    disagreements = Opinions.disagreements(meters, "news");
  }

  /**
   * Returns those about whom the others do not bear out what one node said.
   *
   * @param lessTime what it said of wallets that have less time than was known, or were revoked
   * @param moreTime what it said of wallets that have more time than was known
   */
  Set<WalletAddress> doubted(
      ChainNode teller,
      Map<WalletAddress, Entitlement> lessTime,
      Map<WalletAddress, Entitlement> moreTime) {
    List<Endpoint> others = nodes.fit().stream().filter(e -> e.node() != teller).toList();
    int needed = Math.max(2, config.quorum()) - 1;
    if (config.quorum() == 1) {
      needed = Math.min(needed, others.size());
    }
    Set<WalletAddress> doubted =
        notBorneOut(lessTime, needed, others, (said, told) -> isNoMore(said, told));
    doubted.addAll(
        notBorneOut(moreTime, config.quorum() - 1, others, (said, told) -> isNoMore(told, said)));
    tell(doubted);
    return doubted;
  }

  private static boolean isNoMore(Entitlement a, Entitlement than) {
    return !a.paidUntil().isAfter(than.paidUntil())
        && !a.credentialsFrom().isBefore(than.credentialsFrom());
  }

  private Set<WalletAddress> notBorneOut(
      Map<WalletAddress, Entitlement> told,
      int needed,
      List<Endpoint> others,
      BiPredicate<Entitlement, Entitlement> bearsOut) {
    Map<WalletAddress, Integer> missing = new HashMap<>();
    if (needed > 0) {
      told.keySet().forEach(wallet -> missing.put(wallet, needed));
    }
    for (Endpoint other : others) {
      if (missing.isEmpty()) {
        break;
      }
      Set<WalletAddress> open = Set.copyOf(missing.keySet());
      try {
        Map<WalletAddress, Entitlement> said = other.ask(node -> reader.counting(node, open));
        for (WalletAddress wallet : open) {
          if (bearsOut.test(
              said.getOrDefault(wallet, Entitlement.NONE),
              told.getOrDefault(wallet, Entitlement.NONE))) {
            missing.computeIfPresent(wallet, (_, left) -> left == 1 ? null : left - 1);
          }
        }
      } catch (NodeException e) {
        log.debug("no witness: {}", e.getMessage());
      }
    }
    return new HashSet<>(missing.keySet());
  }

  /** Once for each wallet: a node may be a block behind, and says the same at the next poll. */
  private void tell(Collection<WalletAddress> doubted) {
    long first = doubted.stream().filter(wallet -> !doubtedBefore.contains(wallet)).count();
    if (first > 0) {
      disagreements.increment((double) first);
      log.warn(
          "what changed for wallets={} is not borne out by other nodes: it does not count yet",
          doubted.size());
    }
    doubtedBefore = Set.copyOf(doubted);
  }
}

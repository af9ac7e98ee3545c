package org.hourgate.chain;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.infrastructure.time.TimeSource;
import org.web3j.protocol.core.DefaultBlockParameter;
import org.web3j.protocol.core.DefaultBlockParameterName;

/**
 * Reads what all contracts together say about wallets: the latest {@code paidUntil} and the latest
 * {@code credentialsFrom} of any of them. Blocks the calling thread; safe for any thread.
 */
final class AccessReader {

  /** The contract sells no more than two years ahead; a day for clocks. */
  private static final Duration FURTHEST = Duration.ofDays(2 * 365 + 1);

  private final ChainConfig config;
  private final TimeSource time;
  private final UnconfirmedPurchases unconfirmed;

  AccessReader(ChainConfig config, TimeSource time, UnconfirmedPurchases unconfirmed) {
    this.config = config;
    this.time = time;
    this.unconfirmed = unconfirmed;
  }

  /** One way to read: what counts, or the newest state. */
  interface View {

    /** Reads at the node's newest block. */
    Map<WalletAddress, Entitlement> now(ChainNode node, Collection<WalletAddress> wallets);

    /** Reads as if this block were the newest. */
    Map<WalletAddress, Entitlement> at(
        ChainNode node, Collection<WalletAddress> wallets, long head);
  }

  View viewOfWhatCounts() {
    return new View() {
      @Override
      public Map<WalletAddress, Entitlement> now(
          ChainNode node, Collection<WalletAddress> wallets) {
        return counting(node, wallets);
      }

      @Override
      public Map<WalletAddress, Entitlement> at(
          ChainNode node, Collection<WalletAddress> wallets, long head) {
        return counting(node, wallets, unconfirmed.limit(head));
      }
    };
  }

  View viewOfTheNewest() {
    return new View() {
      @Override
      public Map<WalletAddress, Entitlement> now(
          ChainNode node, Collection<WalletAddress> wallets) {
        return newest(node, wallets);
      }

      @Override
      public Map<WalletAddress, Entitlement> at(
          ChainNode node, Collection<WalletAddress> wallets, long head) {
        return read(node, wallets, ChainNode.at(head));
      }
    };
  }

  /** Reads at the newest block. */
  Map<WalletAddress, Entitlement> newest(ChainNode node, Collection<WalletAddress> wallets) {
    return read(node, wallets, DefaultBlockParameterName.LATEST);
  }

  /**
   * Reads what counts: the state that has enough confirmations, but a fall of {@code paidUntil} and
   * a revocation as soon as the newest block has them.
   */
  Map<WalletAddress, Entitlement> counting(ChainNode node, Collection<WalletAddress> wallets) {
    return config.confirmations().longest() == 1
        ? newest(node, wallets)
        : counting(node, wallets, unconfirmed.limit(node.latest().number()));
  }

  /**
   * Reads what counts if this is the newest block. One address may stand for many nodes: whichever
   * answers, it knows this block or fails.
   */
  Map<WalletAddress, Entitlement> counting(
      ChainNode node, Collection<WalletAddress> wallets, long head) {
    Map<WalletAddress, Entitlement> result = read(node, wallets, ChainNode.at(head));
    Map<Long, List<WalletAddress>> earlier =
        wallets.stream()
            .collect(Collectors.groupingBy(wallet -> unconfirmed.countingBlock(wallet, head)));
    earlier.remove(head);
    earlier.forEach(
        (block, some) ->
            atBlock(node, some, block)
                .forEach((w, access) -> result.merge(w, access, AccessReader::least)));
    return result;
  }

  /** Asks for what counts of nobody in particular: whether the node answers at all. */
  void probe(ChainNode node) {
    int behind = config.confirmations().usual() - 1;
    if (behind == 0) {
      newest(node, List.of(Nodes.NOBODY));
    } else {
      atBlock(node, List.of(Nodes.NOBODY), node.latest().number() - behind);
    }
  }

  private Map<WalletAddress, Entitlement> atBlock(
      ChainNode node, Collection<WalletAddress> wallets, long block) {
    if (block < 0) {
      throw node.unfit("the chain has fewer blocks than confirmations are wanted");
    }
    return read(node, wallets, ChainNode.at(block));
  }

  /** The earlier end, but the later revocation. */
  private static Entitlement least(Entitlement a, Entitlement b) {
    return new Entitlement(
        earlier(a.paidUntil(), b.paidUntil()), later(a.credentialsFrom(), b.credentialsFrom()));
  }

  private Map<WalletAddress, Entitlement> read(
      ChainNode node, Collection<WalletAddress> wallets, DefaultBlockParameter block) {
    List<WalletAddress> all = List.copyOf(wallets);
    Map<WalletAddress, Entitlement> result = HashMap.newHashMap(all.size());
    for (int from = 0; from < all.size(); from += EntitlementLedger.WALLETS_PER_CALL) {
      List<WalletAddress> some =
          all.subList(from, Math.min(all.size(), from + EntitlementLedger.WALLETS_PER_CALL));
      for (WalletAddress contract : config.contracts()) {
        List<Access> entries = node.accessOf(contract, some, block);
        for (int i = 0; i < some.size(); i++) {
          result.merge(some.get(i), entitlement(node, entries.get(i)), AccessReader::latest);
        }
      }
    }
    return result;
  }

  private Entitlement entitlement(ChainNode node, Access access) {
    Instant paidUntil = Instant.ofEpochSecond(access.paidUntil());
    if (paidUntil.isAfter(time.wallTime().plus(FURTHEST))) {
      throw node.unfit(
          "says a wallet has paid until %s, further ahead than the contract sells"
              .formatted(paidUntil));
    }
    return new Entitlement(paidUntil, Instant.ofEpochSecond(access.credentialsFrom()));
  }

  /** The later time of each: of several contracts, or of two readings. */
  static Entitlement latest(Entitlement a, Entitlement b) {
    return new Entitlement(
        later(a.paidUntil(), b.paidUntil()), later(a.credentialsFrom(), b.credentialsFrom()));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}

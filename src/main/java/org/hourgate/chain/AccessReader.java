package org.hourgate.chain;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.infrastructure.time.TimeSource;
import org.web3j.protocol.core.DefaultBlockParameter;
import org.web3j.protocol.core.DefaultBlockParameterName;

/**
 * Reads what all contracts together say about wallets: the latest {@code paidUntil} and the latest
 * {@code credentialsFrom} of any of them. Blocks the calling thread; safe for any thread.
 */
final class AccessReader {

  /** As many wallets as one call asks about: 1.5 million gas, below every node's limit. */
  static final int WALLETS_PER_CALL = 500;

  /** The contract sells no more than two years ahead; a day for clocks. */
  private static final Duration FURTHEST = Duration.ofDays(2 * 365 + 1);

  private final ChainConfig config;
  private final TimeSource time;

  AccessReader(ChainConfig config, TimeSource time) {
    this.config = config;
    this.time = time;
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
        return counting(node, wallets, head);
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
    return config.confirmations() == 1
        ? newest(node, wallets)
        : counting(node, wallets, node.latest().number());
  }

  /**
   * Reads what counts if this is the newest block. One address may stand for many nodes: whichever
   * answers, it knows this block or fails.
   */
  Map<WalletAddress, Entitlement> counting(
      ChainNode node, Collection<WalletAddress> wallets, long head) {
    Map<WalletAddress, Entitlement> newest = read(node, wallets, ChainNode.at(head));
    if (config.confirmations() == 1) {
      return newest;
    }
    long confirmed = head - (config.confirmations() - 1);
    if (confirmed < 0) {
      throw node.unfit("the chain has fewer than " + config.confirmations() + " blocks");
    }
    Map<WalletAddress, Entitlement> result = read(node, wallets, ChainNode.at(confirmed));
    newest.forEach(
        (wallet, access) ->
            result.merge(
                wallet,
                access,
                (a, b) ->
                    new Entitlement(
                        earlier(a.paidUntil(), b.paidUntil()),
                        later(a.credentialsFrom(), b.credentialsFrom()))));
    return result;
  }

  private Map<WalletAddress, Entitlement> read(
      ChainNode node, Collection<WalletAddress> wallets, DefaultBlockParameter block) {
    List<WalletAddress> all = List.copyOf(wallets);
    Map<WalletAddress, Entitlement> result = HashMap.newHashMap(all.size());
    for (int from = 0; from < all.size(); from += WALLETS_PER_CALL) {
      List<WalletAddress> some = all.subList(from, Math.min(all.size(), from + WALLETS_PER_CALL));
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

package org.hourgate.chain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;

/**
 * What nodes said about wallets, and what follows from it. That a wallet has time, and never
 * revoked anything, is believed of {@code quorum} nodes while none says otherwise. Everything else
 * may turn somebody away, or is disputed, and takes two nodes at least; of a single node only where
 * there is no other. Used by one thread.
 */
final class Ballot {

  private static final Optional<Instant> UNPAID = Optional.empty();
  private static final Optional<Instant> NEVER_REVOKED = Optional.of(Instant.EPOCH);

  /** What one node said about one wallet. */
  record Vote(Endpoint endpoint, Entitlement entitlement) {}

  private final int quorum;
  private final Instant horizon;
  private final Map<WalletAddress, List<Vote>> votes = new HashMap<>();
  private final Map<WalletAddress, Entitlement> decided = new HashMap<>();
  private final Set<WalletAddress> open;

  /**
   * Opens it.
   *
   * @param horizon time that ends here or before is none
   */
  Ballot(Set<WalletAddress> wallets, int quorum, Instant horizon) {
    this.quorum = quorum;
    this.horizon = horizon;
    open = new HashSet<>(wallets);
  }

  /** Those about whom nothing follows yet. */
  Set<WalletAddress> open() {
    return Set.copyOf(open);
  }

  Map<WalletAddress, Entitlement> decided() {
    return decided;
  }

  void add(Endpoint endpoint, Map<WalletAddress, Entitlement> said) {
    said.forEach(
        (wallet, entitlement) -> {
          if (open.contains(wallet)) {
            votes
                .computeIfAbsent(wallet, _ -> new ArrayList<>())
                .add(new Vote(endpoint, entitlement));
            settle(wallet);
          }
        });
  }

  void decide(WalletAddress wallet, Entitlement entitlement) {
    decided.put(wallet, entitlement);
    open.remove(wallet);
  }

  /** How many more nodes are needed at least. */
  int missing() {
    return open.stream().mapToInt(this::missing).max().orElse(0);
  }

  private int missing(WalletAddress wallet) {
    List<Vote> said = votes.getOrDefault(wallet, List.of());
    int fewest =
        said.stream()
            .mapToInt(vote -> needed(said, kind(vote)) - count(said, kind(vote)))
            .min()
            .orElse(quorum);
    return Math.max(1, fewest);
  }

  private void settle(WalletAddress wallet) {
    List<Vote> said = votes.getOrDefault(wallet, List.of());
    said.stream()
        .map(this::kind)
        .filter(kind -> count(said, kind) >= needed(said, kind))
        .findFirst()
        .ifPresent(kind -> decide(wallet, outcome(said, kind)));
  }

  /**
   * Nobody else is there to be asked: of a single node all is believed, unless there is a quorum.
   */
  void close() {
    if (quorum == 1) {
      for (WalletAddress wallet : open()) {
        List<Vote> said = votes.getOrDefault(wallet, List.of());
        if (said.size() == 1) {
          decide(wallet, said.getFirst().entitlement());
        }
      }
    }
  }

  /** Whether nodes said different things about this wallet. */
  boolean isContradictory(WalletAddress wallet) {
    return votes.getOrDefault(wallet, List.of()).stream().map(this::kind).distinct().count() > 1;
  }

  /** Two votes that contradict each other about this wallet, if there are exactly two. */
  Optional<List<Vote>> contradiction(WalletAddress wallet) {
    List<Vote> said = votes.getOrDefault(wallet, List.of());
    return said.size() == 2 && !isSame(said.get(0).entitlement(), said.get(1).entitlement())
        ? Optional.of(List.copyOf(said))
        : Optional.empty();
  }

  boolean hasVotes() {
    return !votes.isEmpty();
  }

  /** Whether the same follows from both. */
  boolean isSame(Entitlement a, Entitlement b) {
    return kind(a).equals(kind(b));
  }

  boolean isUnpaid(Entitlement entitlement) {
    return kind(entitlement).equals(UNPAID);
  }

  private int needed(List<Vote> said, Optional<Instant> kind) {
    boolean undisputed = count(said, kind) == said.size();
    return kind.equals(NEVER_REVOKED) && undisputed ? quorum : Math.max(2, quorum);
  }

  private int count(List<Vote> said, Optional<Instant> kind) {
    return (int) said.stream().filter(vote -> kind(vote).equals(kind)).count();
  }

  private Optional<Instant> kind(Vote vote) {
    return kind(vote.entitlement());
  }

  private Optional<Instant> kind(Entitlement entitlement) {
    return entitlement.paidUntil().isAfter(horizon)
        ? Optional.of(entitlement.credentialsFrom())
        : UNPAID;
  }

  /** Of those who agree, the end that as many of them as needed bear out. */
  private Entitlement outcome(List<Vote> said, Optional<Instant> kind) {
    List<Entitlement> agreeing =
        said.stream()
            .filter(vote -> kind(vote).equals(kind))
            .map(Vote::entitlement)
            .sorted(Comparator.comparing(Entitlement::paidUntil).reversed())
            .toList();
    return agreeing.get(quorum - 1);
  }
}

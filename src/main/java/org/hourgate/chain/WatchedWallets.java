package org.hourgate.chain;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.hourgate.credential.WalletAddress;

/**
 * The wallets whose changes are told, with what is known of each. The first reading after {@link
 * #add} is always news, because nobody knows how old the caller's knowledge is. Safe for any
 * thread.
 */
final class WatchedWallets {

  /**
   * What is known of one wallet.
   *
   * @param latest the last reading
   * @param told whether it is known to the listener
   * @param outdated whether the chain has since said that something changed
   */
  private record Watched(Optional<Remembered> latest, boolean told, boolean outdated) {}

  private final ConcurrentMap<WalletAddress, Watched> wallets = new ConcurrentHashMap<>();

  void add(WalletAddress wallet, Optional<Remembered> known) {
    wallets.compute(
        wallet,
        (w, before) ->
            before == null
                ? new Watched(known, /* told= */ false, /* outdated= */ false)
                : new Watched(before.latest(), /* told= */ false, before.outdated()));
  }

  /**
   * Hands over what was read of the wallet while it was watched, unless that is outdated, and
   * forgets it. What {@link #add} brought may have been outdated by then, and is not handed back.
   */
  void remove(WalletAddress wallet, Consumer<Remembered> heir) {
    wallets.computeIfPresent(
        wallet,
        (w, before) -> {
          if (before.told() && !before.outdated()) {
            before.latest().ifPresent(heir);
          }
          return null;
        });
  }

  Optional<Remembered> find(WalletAddress wallet) {
    Watched watched = wallets.get(wallet);
    return watched == null ? Optional.empty() : watched.latest();
  }

  /** Notes that the wallet's last reading may no longer be true; false if it is not watched. */
  boolean outdate(WalletAddress wallet) {
    return wallets.computeIfPresent(
            wallet,
            (w, before) -> new Watched(before.latest(), before.told(), /* outdated= */ true))
        != null;
  }

  Set<WalletAddress> all() {
    return Set.copyOf(wallets.keySet());
  }

  /** Those that were not told since they were added. */
  Set<WalletAddress> untold() {
    return wallets.entrySet().stream()
        .filter(entry -> !entry.getValue().told())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Keeps a reading; true if it is news to tell. */
  boolean update(WalletAddress wallet, Remembered reading) {
    boolean[] news = {false};
    wallets.computeIfPresent(
        wallet,
        (w, before) -> {
          news[0] =
              !before.told()
                  || before
                      .latest()
                      .map(known -> !known.entitlement().equals(reading.entitlement()))
                      .orElse(true);
          return new Watched(Optional.of(reading), /* told= */ true, /* outdated= */ false);
        });
    return news[0];
  }
}

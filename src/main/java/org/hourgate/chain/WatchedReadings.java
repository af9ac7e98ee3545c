package org.hourgate.chain;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementListener;
import org.hourgate.infrastructure.time.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads watched wallets again when there is a reason to, and tells the listener what is new: those
 * of whom the logs told, those whose purchase waits for confirmations, and all of them after a
 * reorganisation, a gap, and every few minutes. What a later block or another node does not bear
 * out is not told, and read again at the next poll. Touched by the watcher's thread alone.
 */
final class WatchedReadings {

  private static final Logger log = LoggerFactory.getLogger(WatchedReadings.class);

  private static final Duration READ_ALL_EVERY = Duration.ofMinutes(5);

  /** Of several nodes behind one address one may be so far ahead of another. */
  private static final Duration LAG = Duration.ofSeconds(10);

  private final TimeSource time;
  private final AccessReader reader;
  private final Witnesses witnesses;
  private final WatchedWallets watched;
  private final Lookups lookups;
  private final EntitlementListener listener;

  private final Set<WalletAddress> changed = new HashSet<>();
  private final Map<WalletAddress, Long> unconfirmed = new HashMap<>();
  private boolean readAll = true;
  private boolean reorganised;
  private long readAllAt;

  /** The newest block of which all that waits for confirmations was read. */
  private String readFor = "";

  WatchedReadings(
      TimeSource time,
      AccessReader reader,
      Witnesses witnesses,
      WatchedWallets watched,
      Lookups lookups,
      EntitlementListener listener) {
    this.time = time;
    this.reader = reader;
    this.witnesses = witnesses;
    this.watched = watched;
    this.lookups = lookups;
    this.listener = listener;
    readAllAt = time.nanoTime();
  }

  /**
   * What was known of these wallets may no longer be true.
   *
   * @param settledAt the block with which they no longer wait for confirmations
   */
  void changed(Collection<WalletAddress> accounts, long settledAt) {
    for (WalletAddress account : accounts) {
      if (watched.outdate(account)) {
        changed.add(account);
        unconfirmed.merge(account, settledAt, Math::max);
      }
    }
    // After outdate: what is handed over by a wallet that is no longer watched is forgotten too.
    lookups.invalidate(accounts);
  }

  /** What was known of anybody may no longer be true. */
  void allChanged() {
    readAll = true;
    watched.all().forEach(watched::outdate);
    lookups.invalidateAll();
  }

  /** Blocks that counted are gone. */
  void reorganised() {
    reorganised = true;
    allChanged();
  }

  /**
   * Reads what there is a reason to read, and tells what is new.
   *
   * @param head the newest block that was followed
   */
  void readAgain(ChainNode node, BlockHeader head) {
    if (time.nanoTime() - readAllAt >= READ_ALL_EVERY.toNanos()) {
      readAll = true;
    }
    Set<WalletAddress> wallets;
    if (readAll) {
      wallets = watched.all();
    } else {
      wallets = watched.untold();
      wallets.addAll(changed);
      if (!head.hash().equals(readFor)) {
        wallets.addAll(unconfirmed.keySet());
      }
    }
    Instant readAt = time.wallTime();
    long readNanos = time.nanoTime();
    Set<WalletAddress> doubtful = new HashSet<>();
    Map<WalletAddress, Entitlement> result =
        wallets.isEmpty() ? Map.of() : read(node, wallets, head, doubtful);
    readFor = head.hash();
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
   * block has changed since: the newest must say the same, and so must another node, or the wallet
   * is left out as doubtful. So it is while a look-up of a moment ago said more: no event has told
   * that this changed, so that was a later block, or one that is gone.
   */
  private Map<WalletAddress, Entitlement> read(
      ChainNode node, Set<WalletAddress> wallets, BlockHeader head, Set<WalletAddress> doubtful) {
    Map<WalletAddress, Entitlement> result = reader.counting(node, wallets, head.number());
    Map<WalletAddress, Entitlement> lessTime = new HashMap<>();
    Map<WalletAddress, Entitlement> moreTime = new HashMap<>();
    result.forEach(
        (wallet, access) -> {
          if (isLessThanJustLookedUp(wallet, access)) {
            doubtful.add(wallet);
          } else if (mayEndSomebody(wallet, access)) {
            lessTime.put(wallet, access);
          } else if (known(wallet)
              .noneMatch(r -> !r.entitlement().paidUntil().isBefore(access.paidUntil()))) {
            moreTime.put(wallet, access);
          }
        });
    if (!lessTime.isEmpty()) {
      reader
          .counting(node, lessTime.keySet())
          .forEach(
              (wallet, newest) -> {
                Entitlement followed = result.getOrDefault(wallet, Entitlement.NONE);
                if (!newest.paidUntil().equals(followed.paidUntil())) {
                  doubtful.add(wallet);
                }
              });
      lessTime.keySet().removeAll(doubtful);
    }
    doubtful.addAll(witnesses.doubted(node, lessTime, moreTime));
    result.keySet().removeAll(doubtful);
    return result;
  }

  private boolean isLessThanJustLookedUp(WalletAddress wallet, Entitlement access) {
    return lookups
        .remembered(wallet)
        .filter(reading -> time.nanoTime() - reading.readNanos() < LAG.toNanos())
        .filter(reading -> access.paidUntil().isBefore(reading.entitlement().paidUntil()))
        .isPresent();
  }

  /** Of whom nothing is known, anybody might be online. */
  private boolean mayEndSomebody(WalletAddress wallet, Entitlement access) {
    if (known(wallet).findAny().isEmpty()) {
      return !time.wallTime().isBefore(access.paidUntil())
          || access.credentialsFrom().isAfter(Instant.EPOCH);
    }
    return known(wallet)
        .map(Remembered::entitlement)
        .anyMatch(
            before ->
                access.paidUntil().isBefore(before.paidUntil())
                    || access.credentialsFrom().isAfter(before.credentialsFrom()));
  }

  private Stream<Remembered> known(WalletAddress wallet) {
    return Stream.of(watched.find(wallet), lookups.remembered(wallet)).flatMap(Optional::stream);
  }

  private void tell(WalletAddress wallet, Entitlement entitlement, boolean afterReorganisation) {
    try {
      listener.entitlementChanged(wallet, entitlement, afterReorganisation);
    } catch (RuntimeException e) {
      log.error("A listener failed", e);
    }
  }
}

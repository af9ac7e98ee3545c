package org.hourgate.chain;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.hourgate.chain.NodeException.Kind;
import org.hourgate.credential.WalletAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.web3j.protocol.core.methods.response.Log;

/**
 * Purchases that need more confirmations than usual and do not have them yet: until then their
 * wallets are read at the block before. Knows the purchases up to the block that was followed;
 * where logs can't be had, every purchase is taken for one of those that need the most. Without
 * levels there is nothing to know. The watcher's thread writes; safe for any thread.
 */
final class UnconfirmedPurchases {

  private static final Logger log = LoggerFactory.getLogger(UnconfirmedPurchases.class);

  private static final String PURCHASED =
      Words.topic("ProductPurchased(uint256,address,address,uint256,uint64)");
  private static final int MAX_REMEMBERED = 10_000;
  private static final long UNKNOWN = -1;

  /** One purchase, and the head with which it counts. */
  private record Held(long block, long countsAt) {}

  private record ProductKey(WalletAddress contract, long id) {}

  private final ChainConfig config;
  private final ShelfReader shelves = new ShelfReader();

  /** What a product costs never changes. */
  private final Cache<ProductKey, Integer> needed =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

  // All guarded by this.
  private final Map<WalletAddress, List<Held>> held = new HashMap<>();
  private long knownTo = UNKNOWN;
  private long blindTo = UNKNOWN;

  UnconfirmedPurchases(ChainConfig config) {
    this.config = config;
  }

  private boolean isNeeded() {
    return config.confirmations().longest() > config.confirmations().usual();
  }

  /**
   * The newest block of which it can be told what counts.
   *
   * @throws ChainException if that is none yet
   */
  synchronized long limit(long head) {
    if (!isNeeded()) {
      return head;
    }
    if (knownTo == UNKNOWN) {
      throw new ChainException("the purchases of the last blocks are not known yet");
    }
    return Math.min(head, knownTo);
  }

  /**
   * The block whose state counts for the wallet if this is the newest; negative if there is none.
   */
  synchronized long countingBlock(WalletAddress wallet, long head) {
    long block = head - (config.confirmations().usual() - 1);
    if (blindTo != UNKNOWN && head < blindTo + longest() - 1) {
      return Math.min(block, head - (longest() - 1));
    }
    for (Held purchase : held.getOrDefault(wallet, List.of())) {
      if (purchase.block() <= head && head < purchase.countsAt()) {
        block = Math.min(block, purchase.block() - 1);
      }
    }
    return block;
  }

  private int longest() {
    return config.confirmations().longest();
  }

  /** Blocks after this one are gone. */
  synchronized void retreat(long block) {
    knownTo = Math.min(knownTo, block);
    blindTo = Math.min(blindTo, block);
    held.values().forEach(purchases -> purchases.removeIf(p -> p.block() > block));
    held.values().removeIf(List::isEmpty);
  }

  /** Looks at the blocks up to this one that were not looked at yet, as far as they matter. */
  void follow(ChainNode node, long head, Blocks blocks) {
    if (!isNeeded()) {
      return;
    }
    long from = Math.max(0, head - longest() + 2);
    synchronized (this) {
      from = Math.max(from, knownTo + 1);
    }
    List<Map.Entry<WalletAddress, Held>> found = new ArrayList<>();
    boolean blind = false;
    if (from <= head) {
      try {
        for (Log purchase : blocks.logs(PURCHASED, from, head)) {
          found.addAll(read(node, purchase));
        }
      } catch (NodeException e) {
        if (e.kind() != Kind.REFUSED && e.kind() != Kind.TOO_LONG) {
          throw e;
        }
        log.debug("purchases of blocks {} to {} are not known: {}", from, head, e.getMessage());
        blind = true;
      }
    }
    synchronized (this) {
      found.forEach(
          entry ->
              held.computeIfAbsent(entry.getKey(), _ -> new ArrayList<>()).add(entry.getValue()));
      blindTo = blind ? head : blindTo;
      knownTo = Math.max(knownTo, head);
      for (Iterator<List<Held>> each = held.values().iterator(); each.hasNext(); ) {
        List<Held> purchases = each.next();
        purchases.removeIf(p -> p.countsAt() + longest() < head);
        if (purchases.isEmpty()) {
          each.remove();
        }
      }
    }
  }

  private List<Map.Entry<WalletAddress, Held>> read(ChainNode node, Log purchase) {
    try {
      List<String> topics = purchase.getTopics();
      if (topics == null || topics.size() != 4 || !topics.getFirst().equalsIgnoreCase(PURCHASED)) {
        throw node.nonsense("a log that is not ProductPurchased");
      }
      long id = Words.of(topics.get(1), 1).number(0, 63).longValueExact();
      WalletAddress account = Words.of(topics.get(2), 1).address(0);
      long block = Long.decode(String.valueOf(purchase.getBlockNumberRaw()));
      int blocks = needed(node, contract(node, purchase), id);
      return blocks > config.confirmations().usual()
          ? List.of(Map.entry(account, new Held(block, block + blocks - 1)))
          : List.of();
    } catch (AccessCodec.UndecodableException | NumberFormatException e) {
      throw node.nonsense("a log that can't be read: " + e.getMessage());
    }
  }

  private WalletAddress contract(ChainNode node, Log purchase) {
    return config.contracts().stream()
        .filter(contract -> contract.lowerCase().equalsIgnoreCase(purchase.getAddress()))
        .findFirst()
        .orElseThrow(() -> node.nonsense("a log of another contract"));
  }

  private int needed(ChainNode node, WalletAddress contract, long id) {
    ProductKey key = new ProductKey(contract, id);
    Integer known = needed.getIfPresent(key);
    if (known == null) {
      known = config.confirmations().needed(shelves.product(node, contract, id));
      needed.put(key, known);
    }
    return known;
  }
}

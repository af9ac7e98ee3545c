package org.hourgate.chain;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hourgate.chain.NodeException.Kind;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.time.TimeSource;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.response.Log;

/**
 * Finds in the logs what was bought for a wallet and by it, from the newest block backwards: in
 * ranges as long as the node bears, until there is enough, or time or the number of questions is
 * up. Blocks the calling thread; safe for any thread.
 */
final class PurchaseReader {

  private static final String PURCHASED =
      Words.topic("ProductPurchased(uint256,address,address,uint256,uint64)");
  private static final int MAX_PURCHASES = 50;
  private static final int MAX_RANGES = 40;
  private static final long MAX_SPAN = 20_000;
  private static final Duration MAX_TIME = Duration.ofSeconds(6);
  private static final int MAX_REMEMBERED = 10_000;

  private final ChainConfig config;
  private final TimeSource time;
  private final ShelfReader shelves;

  /** By block hash: what is known of a block never changes. */
  private final Cache<String, BlockHeader> blocks =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

  private final Cache<ProductKey, Optional<WalletAddress>> tokens =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

  PurchaseReader(ChainConfig config, TimeSource time, ShelfReader shelves) {
    this.config = config;
    this.time = time;
    this.shelves = shelves;
  }

  private record ProductKey(WalletAddress contract, long id) {}

  /** Where a log stands in the chain. */
  private record Place(long block, long index) {}

  List<Purchase> read(ChainNode node, WalletAddress wallet, long first, long head) {
    long start = time.nanoTime();
    Map<Place, Log> found = new LinkedHashMap<>();
    long span = MAX_SPAN;
    long end = head;
    for (int range = 0; range < MAX_RANGES && end >= first; range++) {
      if (found.size() >= MAX_PURCHASES || time.nanoTime() - start > MAX_TIME.toNanos()) {
        break;
      }
      long from = Math.max(first, end - span + 1);
      try {
        found.putAll(logs(node, wallet, from, end));
        end = from - 1;
        span = Math.min(MAX_SPAN, 2 * span);
      } catch (NodeException e) {
        if (from == end || (e.kind() != Kind.REFUSED && e.kind() != Kind.TOO_LONG)) {
          throw e;
        }
        span = (end - from + 1) / 2;
      }
    }
    List<Purchase> purchases = new ArrayList<>();
    found.entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(
                Comparator.comparingLong(Place::block).thenComparingLong(Place::index).reversed()))
        .limit(MAX_PURCHASES)
        .forEach(entry -> purchases.add(purchase(node, entry.getKey().block(), entry.getValue())));
    return purchases;
  }

  private Map<Place, Log> logs(ChainNode node, WalletAddress wallet, long from, long to) {
    String topic = "0x" + Words.word(wallet);
    EthFilter forWallet = ChainNode.filter(config.contracts(), from, to);
    forWallet.addSingleTopic(PURCHASED).addNullTopic().addSingleTopic(topic);
    EthFilter byWallet = ChainNode.filter(config.contracts(), from, to);
    byWallet.addSingleTopic(PURCHASED).addNullTopic().addNullTopic().addSingleTopic(topic);
    Map<Place, Log> found = new LinkedHashMap<>();
    for (EthFilter filter : List.of(forWallet, byWallet)) {
      for (Log log : node.logs(filter)) {
        Place place = place(node, log);
        if (place.block() < from || place.block() > to) {
          throw node.nonsense("a log of another block than asked for");
        }
        found.put(place, log);
      }
    }
    return found;
  }

  private static Place place(ChainNode node, Log log) {
    try {
      return new Place(
          Long.decode(String.valueOf(log.getBlockNumberRaw())),
          Long.decode(String.valueOf(log.getLogIndexRaw())));
    } catch (NumberFormatException e) {
      throw node.nonsense("a log without a place");
    }
  }

  private Purchase purchase(ChainNode node, long block, Log log) {
    try {
      List<String> topics = log.getTopics();
      if (topics == null || topics.size() != 4 || !topics.getFirst().equalsIgnoreCase(PURCHASED)) {
        throw node.nonsense("a log that is not ProductPurchased");
      }
      long id = Words.of(topics.get(1), 1).number(0, 63).longValueExact();
      Words data = Words.of(log.getData(), 2);
      Instant paidUntil = Instant.ofEpochSecond(data.number(1, 40).longValueExact());
      return new Purchase(
          hash(node, log.getTransactionHash()),
          block,
          header(node, block, hash(node, log.getBlockHash())).time(),
          id,
          Words.of(topics.get(2), 1).address(0),
          Words.of(topics.get(3), 1).address(0),
          data.number(0, 256),
          token(node, contract(node, log), id),
          paidUntil);
    } catch (AccessCodec.UndecodableException e) {
      throw node.nonsense("a log that can't be read: " + e.getMessage());
    }
  }

  private WalletAddress contract(ChainNode node, Log log) {
    return config.contracts().stream()
        .filter(contract -> contract.lowerCase().equalsIgnoreCase(log.getAddress()))
        .findFirst()
        .orElseThrow(() -> node.nonsense("a log of another contract"));
  }

  private Optional<WalletAddress> token(ChainNode node, WalletAddress contract, long id) {
    ProductKey key = new ProductKey(contract, id);
    Optional<WalletAddress> known = tokens.getIfPresent(key);
    if (known == null) {
      known = shelves.product(node, contract, id).token();
      tokens.put(key, known);
    }
    return known;
  }

  private BlockHeader header(ChainNode node, long number, String hash) {
    BlockHeader known = blocks.getIfPresent(hash);
    if (known == null) {
      known =
          node.block(number)
              .filter(header -> header.hash().equals(hash))
              .orElseThrow(() -> node.nonsense("a log of a block that is gone"));
      blocks.put(hash, known);
    }
    return known;
  }

  private static String hash(ChainNode node, String text) {
    if (text == null || !text.matches("0x[0-9a-fA-F]{64}")) {
      throw node.nonsense("a log without a proper hash");
    }
    return text.toLowerCase(Locale.ROOT);
  }
}

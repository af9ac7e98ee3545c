package org.hourgate.chain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.chain.Takings.Holding;
import org.hourgate.chain.Takings.Sold;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.time.TimeSource;
import org.web3j.protocol.core.DefaultBlockParameter;

/**
 * Reads what the first contract holds, and counts what it sold. Blocks that no reorganisation is
 * expected to reach are counted once and for all, for so long at a time as a visitor waits; the
 * newest ones are counted anew each time. Blocks the calling thread; one caller at a time.
 */
final class TakingsReader {

  private static final String CLAIMABLE_TOTAL = Words.selector("claimableTotal()");
  private static final String BALANCE_OF = Words.selector("balanceOf(address)");

  /** As deep as reorganisations are expected at the most. */
  private static final long UNSETTLED = 64;

  private static final Duration MAX_TIME = Duration.ofSeconds(4);

  private final ChainConfig config;
  private final TimeSource time;
  private final BookReader books;
  private final Map<Long, Sold> settled = new HashMap<>();
  private final long step;
  private long next = -1;

  /**
   * Makes one that has counted nothing yet.
   *
   * @param step how many blocks are counted before it looks at the time
   */
  TakingsReader(ChainConfig config, TimeSource time, long step) {
    this.config = config;
    this.step = step;
    this.time = time;
    books = new BookReader(List.of(config.contracts().getFirst()));
  }

  synchronized Takings read(ChainNode node, Shelf shelf, long fromBlock) {
    long head = node.latest().number();
    List<Holding> holdings = holdings(node, shelf, head);
    next = Math.max(next, fromBlock);
    long firstUnsettled = Math.max(next, head - UNSETTLED + 1);
    long start = time.nanoTime();
    while (next < firstUnsettled && time.nanoTime() - start < MAX_TIME.toNanos()) {
      long end = Math.min(firstUnsettled, next + step) - 1;
      count(books.read(node, next, end), settled);
      next = end + 1;
    }
    Map<Long, Sold> sold = new HashMap<>(settled);
    if (next < firstUnsettled) {
      return takings(holdings, sold, next - 1, head);
    }
    count(books.read(node, next, head), sold);
    return takings(holdings, sold, head, head);
  }

  private static Takings takings(
      List<Holding> holdings, Map<Long, Sold> sold, long countedTo, long head) {
    return new Takings(
        holdings,
        sold.values().stream().sorted(Comparator.comparingLong(Sold::product)).toList(),
        countedTo,
        head);
  }

  private static void count(List<BookReader.Found> found, Map<Long, Sold> sold) {
    for (BookReader.Found one : found) {
      one.product()
          .ifPresent(
              id ->
                  sold.put(
                      id,
                      sold.getOrDefault(id, new Sold(id, 0, BigInteger.ZERO)).plus(one.amount())));
    }
  }

  /** Ether, and each token that a product has ever been sold for. */
  private List<Holding> holdings(ChainNode node, Shelf shelf, long block) {
    Map<Optional<WalletAddress>, Currency> currencies = new LinkedHashMap<>();
    currencies.put(Optional.empty(), Currency.ETHER);
    for (Offer offer : shelf.offers()) {
      Optional<WalletAddress> token = offer.product().token();
      currencies.computeIfAbsent(token, _ -> new Currency(token, offer.symbol(), offer.decimals()));
    }
    List<Holding> holdings = new ArrayList<>();
    for (Currency currency : currencies.values()) {
      amount(node, currency, ChainNode.at(block))
          .ifPresent(amount -> holdings.add(new Holding(currency, amount)));
    }
    return holdings;
  }

  /** Empty for a token that does not say. */
  private Optional<BigInteger> amount(
      ChainNode node, Currency currency, DefaultBlockParameter block) {
    WalletAddress contract = config.contracts().getFirst();
    try {
      if (currency.token().isEmpty()) {
        BigInteger credited =
            Words.of(node.call(contract, CLAIMABLE_TOTAL, block), 1).number(0, 256);
        return Optional.of(node.balance(contract, block).subtract(credited));
      }
      String reply = node.call(currency.token().get(), BALANCE_OF + Words.word(contract), block);
      return Optional.of(Words.of(reply, 1).number(0, 256));
    } catch (AccessCodec.UndecodableException e) {
      if (currency.token().isEmpty()) {
        throw node.nonsense(contract.lowerCase() + " does not answer: " + e.getMessage());
      }
      return Optional.empty();
    } catch (NodeException e) {
      if (currency.token().isEmpty() || e.kind() != NodeException.Kind.REFUSED) {
        throw e;
      }
      return Optional.empty();
    }
  }
}

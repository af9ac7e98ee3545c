package org.hourgate.chain;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;

/**
 * What a seller's contracts have earned and given away, as their logs say. Asks one node, the first
 * that answers and is of the right chain; its owner trusts it. Blocks; for one thread.
 */
public final class Books implements AutoCloseable {

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);

  private final ChainConfig config;
  private final ChainNode node;
  private final ShelfReader shelves = new ShelfReader();
  private final Map<String, BlockHeader> headers = new HashMap<>();
  private final Map<String, Offer> offers = new HashMap<>();

  private Books(ChainConfig config, ChainNode node) {
    this.config = config;
    this.node = node;
  }

  /**
   * Connects.
   *
   * @throws ChainException if no node of this chain answers
   */
  public static Books open(ChainConfig config) {
    List<String> troubles = new ArrayList<>();
    boolean silent = true;
    for (URI uri : config.rpc()) {
      ChainNode node = new ChainNode(uri, CALL_TIMEOUT, new SimpleMeterRegistry());
      try {
        long id = node.chainId();
        if (id != config.id()) {
          throw node.unfit("is of chain %d, not %d".formatted(id, config.id()));
        }
        return new Books(config, node);
      } catch (NodeException e) {
        node.close();
        troubles.add(e.getMessage());
        silent &= e.isUnreachable();
      }
    }
    String message = String.join("; ", troubles);
    throw silent
        ? new NodeException(NodeException.Kind.SILENT, message)
        : new ChainException(message);
  }

  /**
   * Returns what happened in blocks of this time, in their order. Blocks that are not confirmed yet
   * are left out.
   *
   * @param from included
   * @param to not included
   */
  public List<Booking> read(Instant from, Instant to) {
    long last = node.latest().number() - (config.confirmations().usual() - 1);
    if (last < 0) {
      return List.of();
    }
    long first = firstNotBefore(from, last);
    long end = firstNotBefore(to, last) - 1;
    List<Booking> bookings = new ArrayList<>();
    for (BookReader.Found found : new BookReader(config.contracts()).read(node, first, end)) {
      bookings.add(booking(found));
    }
    return bookings;
  }

  /** The number of the first block that is not older; one above the last if all are. */
  private long firstNotBefore(Instant time, long last) {
    long low = 0;
    long high = last + 1;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (header(middle).time().isBefore(time)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private BlockHeader header(long number) {
    return headers.computeIfAbsent(
        Long.toString(number),
        _ -> node.block(number).orElseThrow(() -> node.nonsense("no block " + number)));
  }

  private Booking booking(BookReader.Found found) {
    BlockHeader header = header(found.block());
    if (!header.hash().equals(found.blockHash())) {
      throw node.nonsense("a log of a block that is gone");
    }
    Optional<Offer> offer =
        found.product().isPresent()
            ? Optional.of(offer(found.contract(), found.product().getAsLong()))
            : Optional.empty();
    return new Booking(
        found.kind(),
        header.time(),
        found.block(),
        found.transaction(),
        found.contract(),
        found.account(),
        found.other(),
        found.product(),
        offer.map(Books::currency).orElse(Currency.ETHER),
        found.amount(),
        offer.map(o -> o.product().duration()).orElse(Duration.ZERO),
        found.paidUntil());
  }

  private Offer offer(WalletAddress contract, long id) {
    return offers.computeIfAbsent(
        contract.hex() + "/" + id, _ -> shelves.offer(node, shelves.product(node, contract, id)));
  }

  private static Currency currency(Offer offer) {
    return offer.product().token().isEmpty()
        ? Currency.ETHER
        : new Currency(offer.product().token(), offer.symbol(), offer.decimals());
  }

  @Override
  public void close() {
    node.close();
  }
}

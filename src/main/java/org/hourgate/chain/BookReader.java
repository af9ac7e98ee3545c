package org.hourgate.chain;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.hourgate.credential.WalletAddress;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.response.Log;

/**
 * Finds in the logs all that moved money or time, in ranges as long as the node bears. Every path
 * of the contract that changes somebody's time says so, and a purchase, a refund and a revocation
 * say what they were right beside it; what stands alone is a grant. Blocks the calling thread; safe
 * for any thread.
 */
final class BookReader {

  private static final String PURCHASED =
      Words.topic("ProductPurchased(uint256,address,address,uint256,uint64)");
  private static final String REFUNDED = Words.topic("Refunded(address,address,uint256)");
  private static final String REVOKED = Words.topic("CredentialsRevoked(address,uint64)");
  private static final long MAX_SPAN = 20_000;

  private final List<WalletAddress> contracts;

  BookReader(List<WalletAddress> contracts) {
    this.contracts = contracts;
  }

  /** A log of interest, as it was found. */
  record Found(
      Booking.Kind kind,
      long block,
      String blockHash,
      String transaction,
      WalletAddress contract,
      WalletAddress account,
      Optional<WalletAddress> other,
      OptionalLong product,
      BigInteger amount,
      Instant paidUntil) {}

  /** What one log says. */
  private record Said(
      String topic,
      long block,
      long index,
      String blockHash,
      String transaction,
      WalletAddress contract,
      List<Words> topics,
      String data) {

    /** Of the same deed: the two logs stand side by side in one transaction. */
    boolean isBeside(Said other, WalletAddress account) throws AccessCodec.UndecodableException {
      return transaction.equals(other.transaction)
          && contract.equals(other.contract)
          && account.equals(other.account());
    }

    WalletAddress account() throws AccessCodec.UndecodableException {
      return topics.get(topic.equals(PURCHASED) ? 1 : 0).address(0);
    }
  }

  /** Returns what these blocks hold, both included, in their order. */
  List<Found> read(ChainNode node, long from, long to) {
    List<Found> found = new ArrayList<>();
    long span = MAX_SPAN;
    long next = from;
    while (next <= to) {
      long end = Math.min(to, next + span - 1);
      try {
        found.addAll(range(node, next, end));
        next = end + 1;
        span = Math.min(MAX_SPAN, 2 * span);
      } catch (NodeException e) {
        boolean tooMuch =
            e.kind() == NodeException.Kind.REFUSED || e.kind() == NodeException.Kind.TOO_LONG;
        if (!tooMuch || next == end) {
          throw e;
        }
        span = (end - next + 1) / 2;
      }
    }
    return found;
  }

  private List<Found> range(ChainNode node, long from, long to) {
    EthFilter filter = ChainNode.filter(contracts, from, to);
    filter.addOptionalTopics(ChainNode.ACCESS_CHANGED, PURCHASED, REFUNDED, REVOKED);
    try {
      List<Said> logs = new ArrayList<>();
      for (Log log : node.logs(filter)) {
        Said said = said(node, log);
        if (said.block() < from || said.block() > to) {
          throw node.nonsense("a log of another block than asked for");
        }
        logs.add(said);
      }
      logs.sort(Comparator.comparingLong(Said::block).thenComparingLong(Said::index));
      return found(logs);
    } catch (AccessCodec.UndecodableException e) {
      throw node.nonsense("a log that can't be read: " + e.getMessage());
    }
  }

  private Said said(ChainNode node, Log log) throws AccessCodec.UndecodableException {
    List<String> topics = log.getTopics();
    if (topics == null || topics.isEmpty()) {
      throw node.nonsense("a log without topics");
    }
    List<Words> words = new ArrayList<>();
    for (String topic : topics.subList(1, topics.size())) {
      words.add(Words.of(topic, 1));
    }
    WalletAddress contract =
        contracts.stream()
            .filter(c -> c.lowerCase().equalsIgnoreCase(log.getAddress()))
            .findFirst()
            .orElseThrow(() -> node.nonsense("a log of another contract"));
    int indexed = topics.getFirst().equalsIgnoreCase(PURCHASED) ? 3 : 1;
    if (words.size() < indexed) {
      throw node.nonsense("a log with too few topics");
    }
    return new Said(
        topics.getFirst().toLowerCase(Locale.ROOT),
        node.number(log.getBlockNumberRaw()),
        node.number(log.getLogIndexRaw()),
        node.hash("block hash", log.getBlockHash()),
        node.hash("transaction hash", log.getTransactionHash()),
        contract,
        words,
        log.getData());
  }

  private static List<Found> found(List<Said> logs) throws AccessCodec.UndecodableException {
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < logs.size(); i++) {
      Said log = logs.get(i);
      if (!log.topic().equals(ChainNode.ACCESS_CHANGED)) {
        continue;
      }
      WalletAddress account = log.account();
      Instant paidUntil =
          Instant.ofEpochSecond(Words.of(log.data(), 1).number(0, 40).longValueExact());
      Optional<Said> before =
          beside(logs, i - 1, log, account).filter(b -> b.topic().equals(REVOKED));
      if (before.isPresent()) {
        continue;
      }
      Optional<Said> after = beside(logs, i + 1, log, account);
      if (after.filter(a -> a.topic().equals(PURCHASED)).isPresent()) {
        found.add(purchase(after.get(), account, paidUntil));
      } else if (after.filter(a -> a.topic().equals(REFUNDED)).isPresent()) {
        Said refund = after.get();
        found.add(
            of(
                Booking.Kind.REFUND,
                refund,
                account,
                Optional.of(refund.topics().get(1).address(0)),
                OptionalLong.empty(),
                Words.of(refund.data(), 1).number(0, 256),
                paidUntil));
      } else {
        found.add(
            of(
                Booking.Kind.GRANT,
                log,
                account,
                Optional.empty(),
                OptionalLong.empty(),
                BigInteger.ZERO,
                paidUntil));
      }
    }
    return found;
  }

  private static Optional<Said> beside(List<Said> logs, int index, Said log, WalletAddress account)
      throws AccessCodec.UndecodableException {
    if (index < 0 || index >= logs.size() || !log.isBeside(logs.get(index), account)) {
      return Optional.empty();
    }
    return Optional.of(logs.get(index));
  }

  private static Found purchase(Said log, WalletAddress account, Instant paidUntil)
      throws AccessCodec.UndecodableException {
    return of(
        Booking.Kind.PURCHASE,
        log,
        account,
        Optional.of(log.topics().get(2).address(0)),
        OptionalLong.of(log.topics().get(0).number(0, 63).longValueExact()),
        Words.of(log.data(), 2).number(0, 256),
        paidUntil);
  }

  private static Found of(
      Booking.Kind kind,
      Said log,
      WalletAddress account,
      Optional<WalletAddress> other,
      OptionalLong product,
      BigInteger amount,
      Instant paidUntil) {
    return new Found(
        kind,
        log.block(),
        log.blockHash(),
        log.transaction(),
        log.contract(),
        account,
        other,
        product,
        amount,
        paidUntil);
  }
}

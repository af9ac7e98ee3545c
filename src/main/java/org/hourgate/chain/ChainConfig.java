package org.hourgate.chain;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;

/**
 * Which chain, which nodes, which contracts, and how long to wait for them.
 *
 * @param id the chain id (EIP-155) every node must have
 * @param rpc the JSON-RPC addresses, the preferred one first
 * @param contracts the contracts that give time
 * @param confirmations how many blocks before a purchase counts
 * @param poll how often to look for a new block
 * @param maxHeadAge the age of the newest block from which a node counts as stale; empty for chains
 *     that mine on demand only
 * @param callTimeout the longest wait for one answer of one node
 * @param answerTimeout the longest wait for an entitlement, all nodes together
 * @param quorum how many nodes must agree before anybody is let in or ended early
 * @param hedgeAfter how long to wait for a node before the next one is asked as well
 */
public record ChainConfig(
    long id,
    List<URI> rpc,
    List<WalletAddress> contracts,
    Confirmations confirmations,
    Duration poll,
    Optional<Duration> maxHeadAge,
    Duration callTimeout,
    Duration answerTimeout,
    int quorum,
    Duration hedgeAfter) {

  /** Throws {@link IllegalArgumentException}, naming everything that is wrong. */
  public ChainConfig {
    rpc = List.copyOf(rpc);
    contracts = List.copyOf(contracts);
    List<String> problems = new ArrayList<>();
    if (id < 1) {
      problems.add("the chain id must be positive, not " + id);
    }
    if (rpc.isEmpty()) {
      problems.add("at least one RPC address is needed");
    }
    for (URI uri : rpc) {
      if (!List.of("http", "https").contains(String.valueOf(uri.getScheme()))
          || uri.getHost() == null) {
        problems.add("an RPC address must be http:// or https:// with a host");
      } else if (uri.getUserInfo() != null) {
        problems.add("an RPC address can't carry a user name: " + uri.getHost());
      }
    }
    if (contracts.isEmpty()) {
      problems.add("at least one contract is needed");
    }
    if (contracts.stream().distinct().count() != contracts.size()) {
      problems.add("a contract is listed twice");
    }
    requirePositive(problems, "poll", poll);
    maxHeadAge.ifPresent(age -> requirePositive(problems, "max-head-age", age));
    requirePositive(problems, "call timeout", callTimeout);
    requirePositive(problems, "answer timeout", answerTimeout);
    if (callTimeout.compareTo(answerTimeout) > 0) {
      problems.add("the call timeout is longer than the answer timeout");
    }
    if (quorum < 1 || quorum > Math.max(1, rpc.size())) {
      problems.add("quorum must be 1 to the number of RPC addresses, not " + quorum);
    }
    requirePositive(problems, "hedge delay", hedgeAfter);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /**
   * With one confirmation, a poll each second, heads up to a minute old, 2 s and 5 s to answer, no
   * quorum, and a second node asked after 300 ms.
   */
  public static ChainConfig of(long id, List<URI> rpc, List<WalletAddress> contracts) {
    return new ChainConfig(
        id,
        rpc,
        contracts,
        Confirmations.of(1),
        Duration.ofSeconds(1),
        Optional.of(Duration.ofSeconds(60)),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        1,
        Duration.ofMillis(300));
  }

  public ChainConfig withConfirmations(int blocks) {
    return withConfirmations(Confirmations.of(blocks));
  }

  public ChainConfig withConfirmations(Confirmations number) {
    return new ChainConfig(
        id,
        rpc,
        contracts,
        number,
        poll,
        maxHeadAge,
        callTimeout,
        answerTimeout,
        quorum,
        hedgeAfter);
  }

  public ChainConfig withPoll(Duration interval) {
    return new ChainConfig(
        id,
        rpc,
        contracts,
        confirmations,
        interval,
        maxHeadAge,
        callTimeout,
        answerTimeout,
        quorum,
        hedgeAfter);
  }

  public ChainConfig withMaxHeadAge(Optional<Duration> age) {
    return new ChainConfig(
        id,
        rpc,
        contracts,
        confirmations,
        poll,
        age,
        callTimeout,
        answerTimeout,
        quorum,
        hedgeAfter);
  }

  public ChainConfig withQuorum(int nodes) {
    return new ChainConfig(
        id,
        rpc,
        contracts,
        confirmations,
        poll,
        maxHeadAge,
        callTimeout,
        answerTimeout,
        nodes,
        hedgeAfter);
  }

  /** Sets all three waits at once: one answer, all answers, and before the next node is asked. */
  public ChainConfig withTimeouts(Duration call, Duration answer, Duration hedge) {
    return new ChainConfig(
        id, rpc, contracts, confirmations, poll, maxHeadAge, call, answer, quorum, hedge);
  }

  private static void requirePositive(List<String> problems, String name, Duration duration) {
    if (!duration.isPositive()) {
      problems.add(name + " must be longer than nothing, not " + duration);
    }
  }
}

package org.hourgate.chain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.hourgate.chain.NodeException.Kind;
import org.hourgate.credential.WalletAddress;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.response.Log;

/**
 * A node's blocks below the one it called its newest, each asked for once. Used by one thread,
 * during one look at the chain.
 */
final class Blocks implements LongFunction<Optional<BlockHeader>> {

  private static final long FEW = 4;

  private final ChainNode node;
  private final List<WalletAddress> contracts;
  private final Map<Long, Optional<BlockHeader>> asked = new HashMap<>();
  private boolean haveHoles;

  Blocks(ChainNode node, BlockHeader head, List<WalletAddress> contracts) {
    this.node = node;
    this.contracts = contracts;
    asked.put(head.number(), Optional.of(head));
  }

  @Override
  public Optional<BlockHeader> apply(long number) {
    Optional<BlockHeader> block = asked.computeIfAbsent(number, node::block);
    haveHoles |= block.isEmpty();
    return block;
  }

  /** Whether a block that was asked for is missing. */
  boolean haveHoles() {
    return haveHoles;
  }

  /**
   * What the contracts logged under the topic in these blocks, both included. A few blocks are
   * asked for by their hashes (EIP-234). One address may stand for many nodes: one that lacks a
   * block refuses, while asked by number it would say that there are no logs.
   */
  List<Log> logs(String topic, long from, long to) {
    if (to - from >= FEW) {
      EthFilter filter = ChainNode.filter(contracts, from, to);
      filter.addSingleTopic(topic);
      return node.logs(filter);
    }
    List<Log> logs = new ArrayList<>();
    for (long number = from; number <= to; number++) {
      for (WalletAddress contract : contracts) {
        EthFilter filter = new EthFilter(hash(number), contract.lowerCase());
        filter.addSingleTopic(topic);
        logs.addAll(node.logs(filter));
      }
    }
    return logs;
  }

  private String hash(long number) {
    return apply(number)
        .map(BlockHeader::hash)
        .orElseThrow(() -> new NodeException(Kind.REFUSED, node.name() + ": no block " + number));
  }
}

package org.hourgate.chain;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;
import org.web3j.crypto.Hash;

/**
 * Asks every node once, all at the same time, whether the ledger could use it, and compares what
 * they say: chain, contracts, heads. Blocks for at most the time for an answer, twice.
 */
public final class NodeProbe implements AutoCloseable {

  /** So deep no chain is made anew: nodes that differ there are of different chains. */
  private static final long DEEP = 64;

  private final ChainConfig config;
  private final TimeSource time;
  private final AccessReader reader;
  private final List<ChainNode> nodes;

  /** Why the ledger would not use a node. */
  public enum Fault {
    /** No answer, or none in time. */
    AWAY,
    CHAIN_ID,
    /** No code at the address, or it does not answer as the contract does. */
    CONTRACT,
    /** Other code than another node has there. */
    OTHER_CONTRACT,
    /** The newest block is too old. */
    STALE,
    /** Another node has many newer blocks. */
    BEHIND,
    /** Another node has other blocks at the same height. */
    FORK,
    /** It answers what can't be. */
    ODD
  }

  /** What one node said. */
  public sealed interface Report {

    /** Its address, without the path, which may hold an access key. */
    String node();

    /** The ledger would use it. */
    record Fit(String node, long head, Instant headTime, Duration headAge) implements Report {}

    /** The ledger would not. */
    record Unfit(String node, Fault fault, String reason) implements Report {}
  }

  /** Whether purchases can be looked up from a block on. */
  public enum History {
    READABLE,
    /** That block is still to come. */
    AHEAD,
    /** The node gives no logs of that block. */
    REFUSED,
    /** No node is fit to be asked. */
    UNKNOWN
  }

  private sealed interface Answer {
    record Facts(ChainNode node, BlockHeader head, Map<WalletAddress, String> codes)
        implements Answer {}

    record None(Report.Unfit report) implements Answer {}
  }

  private NodeProbe(ChainConfig config, TimeSource time) {
    this.config = config;
    this.time = time;
    reader = new AccessReader(config, time, new UnconfirmedPurchases(config));
    nodes =
        config.rpc().stream()
            .map(uri -> new ChainNode(uri, config.callTimeout(), new SimpleMeterRegistry()))
            .toList();
  }

  /** Nobody is asked yet. */
  public static NodeProbe of(ChainConfig config, TimeSource time) {
    return new NodeProbe(config, time);
  }

  /** Asks all of them; the reports are in the order of the configuration. */
  public List<Report> survey() {
    List<FutureTask<Answer>> questions = new ArrayList<>();
    for (ChainNode node : nodes) {
      FutureTask<Answer> question = new FutureTask<>(() -> ask(node));
      Thread.startVirtualThread(question);
      questions.add(question);
    }
    long deadline = time.nanoTime() + config.answerTimeout().toNanos();
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      answers.add(await(questions.get(i), nodes.get(i), deadline));
    }
    return compare(answers);
  }

  private Answer await(FutureTask<Answer> question, ChainNode node, long deadline) {
    try {
      return question.get(Math.max(0, deadline - time.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      question.cancel(true);
      return none(
          node, Fault.AWAY, "no answer within " + config.answerTimeout().toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return none(node, Fault.AWAY, "interrupted");
    }
  }

  private static Answer none(ChainNode node, Fault fault, String reason) {
    return new Answer.None(new Report.Unfit(node.name(), fault, reason));
  }

  private Answer ask(ChainNode node) {
    Fault doubt = Fault.ODD;
    try {
      long id = node.chainId();
      if (id != config.id()) {
        return none(
            node,
            Fault.CHAIN_ID,
            "wrong chain id: configured %d, node says %d".formatted(config.id(), id));
      }
      Map<WalletAddress, String> codes = new HashMap<>();
      for (WalletAddress contract : config.contracts()) {
        byte[] code = node.code(contract);
        if (code.length == 0) {
          return none(node, Fault.CONTRACT, "no code at " + contract.lowerCase());
        }
        codes.put(contract, HexFormat.of().formatHex(Hash.sha3(code)));
      }
      BlockHeader head = node.latest();
      Duration age = Duration.between(head.time(), time.wallTime());
      if (config.maxHeadAge().filter(limit -> age.compareTo(limit) > 0).isPresent()) {
        return none(
            node,
            Fault.STALE,
            "the newest block is %d s old, the limit is %d s"
                .formatted(age.toSeconds(), config.maxHeadAge().get().toSeconds()));
      }
      doubt = Fault.CONTRACT;
      reader.probe(node);
      return new Answer.Facts(node, head, codes);
    } catch (NodeException e) {
      return none(node, e.isUnreachable() ? Fault.AWAY : doubt, e.getMessage());
    }
  }

  private List<Report> compare(List<Answer> answers) {
    List<Answer.Facts> facts =
        answers.stream()
            .filter(Answer.Facts.class::isInstance)
            .map(Answer.Facts.class::cast)
            .toList();
    Map<ChainNode, String> blocks = blocksAtLowest(facts);
    return answers.stream()
        .map(
            answer ->
                switch (answer) {
                  case Answer.None(Report.Unfit report) -> report;
                  case Answer.Facts own -> report(own, facts, blocks);
                })
        .toList();
  }

  private Report report(Answer.Facts own, List<Answer.Facts> all, Map<ChainNode, String> blocks) {
    String name = own.node().name();
    Answer.Facts best =
        all.stream().max(Comparator.comparingLong(each -> each.head().number())).orElseThrow();
    long behind = best.head().number() - own.head().number();
    if (behind > Nodes.BLOCKS_BEHIND
        && best.head().time().isAfter(own.head().time().plus(Nodes.TIME_BEHIND))) {
      return new Report.Unfit(
          name, Fault.BEHIND, "%d blocks behind %s".formatted(behind, best.node().name()));
    }
    Optional<Answer.Facts> otherCode =
        all.stream().filter(each -> !each.codes().equals(own.codes())).findFirst();
    if (otherCode.isPresent()) {
      return new Report.Unfit(
          name,
          Fault.OTHER_CONTRACT,
          "has other code at the contract's address than " + otherCode.get().node().name());
    }
    Optional<Answer.Facts> otherChain =
        all.stream()
            .filter(each -> differ(blocks.get(each.node()), blocks.get(own.node())))
            .findFirst();
    if (otherChain.isPresent()) {
      return new Report.Unfit(
          name,
          Fault.FORK,
          "has other blocks than %s: they are of different chains"
              .formatted(otherChain.get().node().name()));
    }
    return new Report.Fit(
        name,
        own.head().number(),
        own.head().time(),
        Duration.between(own.head().time(), time.wallTime()));
  }

  /** A block that one of them does not have tells nothing. */
  private static boolean differ(@Nullable String hash, @Nullable String other) {
    return hash != null && other != null && !hash.equals(other);
  }

  /** The hash of one block, deep below all heads, in the eyes of each that has it. */
  private Map<ChainNode, String> blocksAtLowest(List<Answer.Facts> facts) {
    Map<ChainNode, String> hashes = new HashMap<>();
    if (facts.size() < 2) {
      return hashes;
    }
    long lowest = facts.stream().mapToLong(each -> each.head().number()).min().orElseThrow();
    for (Answer.Facts each : facts) {
      try {
        each.node()
            .block(Math.max(0, lowest - DEEP))
            .ifPresent(block -> hashes.put(each.node(), block.hash()));
      } catch (NodeException e) {
        // It may have forgotten so old a block: then it is not compared.
      }
    }
    return hashes;
  }

  /** Asks the first fit node for the logs of this block. */
  public History history(List<Report> survey, long fromBlock) {
    for (int i = 0; i < survey.size(); i++) {
      if (survey.get(i) instanceof Report.Fit fit) {
        if (fromBlock > fit.head()) {
          return History.AHEAD;
        }
        try {
          nodes.get(i).logs(ChainNode.filter(config.contracts(), fromBlock, fromBlock));
          return History.READABLE;
        } catch (NodeException e) {
          return History.REFUSED;
        }
      }
    }
    return History.UNKNOWN;
  }

  /** The address of the first fit node; empty if none is. */
  public Optional<URI> firstFit(List<Report> survey) {
    for (int i = 0; i < survey.size(); i++) {
      if (survey.get(i) instanceof Report.Fit) {
        return Optional.of(config.rpc().get(i));
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    nodes.forEach(ChainNode::close);
  }
}

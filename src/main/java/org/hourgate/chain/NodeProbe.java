package org.hourgate.chain;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.infrastructure.time.TimeSource;

/** Asks every node once whether the ledger could use it: chain, contracts, age of the head. */
public final class NodeProbe {

  private NodeProbe() {}

  /** What one node said. */
  public sealed interface Report {

    /** Its address, without the path, which may hold an access key. */
    String node();

    /** The ledger would use it. */
    record Fit(String node, long head, Duration headAge) implements Report {}

    /**
     * The ledger would not.
     *
     * @param unreachable whether it gave no answer at all
     */
    record Unfit(String node, String reason, boolean unreachable) implements Report {}
  }

  /** Asks, one node after the other. Blocks. */
  public static List<Report> probe(ChainConfig config, TimeSource time) {
    MeterRegistry meters = new SimpleMeterRegistry();
    List<Report> reports = new ArrayList<>();
    try (Nodes nodes =
        new Nodes(
            config,
            time,
            new AccessReader(config, time, new UnconfirmedPurchases(config)),
            meters)) {
      for (URI uri : config.rpc()) {
        try (ChainNode node = new ChainNode(uri, config.callTimeout(), meters)) {
          reports.add(probe(nodes, node, time));
        }
      }
    }
    return reports;
  }

  private static Report probe(Nodes nodes, ChainNode node, TimeSource time) {
    try {
      nodes.check(node);
      BlockHeader head = node.latest();
      return new Report.Fit(
          node.name(), head.number(), Duration.between(head.time(), time.wallTime()));
    } catch (NodeException e) {
      return new Report.Unfit(node.name(), e.getMessage(), e.isUnreachable());
    }
  }
}

package org.hourgate.faults;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hourgate.testing.Faults;
import org.hourgate.testing.FaultyRpc;
import org.hourgate.testing.FaultyRpc.Behaviour;

/** What a node or the network before it can do so that nothing can be read from the chain. */
record NodeFault(String name, Consumer<FaultyRpc> beginning) {

  static final String ALL = "org.hourgate.faults.NodeFault#all";

  static Stream<NodeFault> all() {
    return Stream.of(
        new NodeFault("refused", FaultyRpc::refuse),
        of("reset", Faults.reset()),
        of("black hole", Faults.blackHole()),
        of("slower than we wait", Faults.latency(Duration.ofSeconds(30))),
        of("dripping", Faults.drip()),
        of("HTTP 429", Faults.status(429)),
        of("HTTP 500", Faults.status(500)),
        of("redirect", Faults.redirectTo("http://127.0.0.1:9/")),
        of("garbage", Faults.garbage()),
        of("truncated", Faults.truncated()),
        of("deep", Faults.deep()),
        of("100 MB", Faults.flood(100L << 20)),
        of("wrong id", Faults.wrongId()),
        of("null", Faults.result("null")),
        of("0x", Faults.only("eth_call", Faults.result("\"0x\""))),
        of("no state", Faults.only("eth_call", Faults.error(-32_000, "missing trie node"))),
        of("no header", Faults.only("eth_call", Faults.error(-32_000, "header not found"))),
        of("limit", Faults.error(-32_005, "limit exceeded")),
        of("wrong chain", Faults.only("eth_chainId", Faults.result("\"0x1\""))),
        of("other code", Faults.only("eth_getCode", Faults.result("\"0x6001\""))));
  }

  private static NodeFault of(String name, Behaviour behaviour) {
    return new NodeFault(name, node -> node.behave(behaviour));
  }

  void begin(FaultyRpc node) {
    beginning.accept(node);
  }

  static void end(FaultyRpc node) {
    node.behaveWell();
    node.accept();
  }

  @Override
  public String toString() {
    return name;
  }
}

package org.hourgate.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hourgate.credential.SpentLogins;

/**
 * Another controller beside ours, at the same stand-in: it is to let everybody in. Beside it a
 * controller of our library that does the same, and our gate, which does more.
 */
final class PeerBench {

  private static final List<VerdictTable.Load> LOADS =
      List.of(
          new VerdictTable.Load(1, 1_000),
          new VerdictTable.Load(16, 8_000),
          new VerdictTable.Load(64, 10_000),
          new VerdictTable.Load(128, 10_000),
          new VerdictTable.Load(1_024, 20_000),
          new VerdictTable.Load(10_000, 20_000));

  private final Report report;
  private final Path folder;
  private final Path log;
  private final Duration time;
  private final String name;
  private final String command;

  /**
   * Prepares the race.
   *
   * @param name of the other program
   * @param command that starts it, with {@code {socket}} for the path of the management socket
   */
  PeerBench(Report report, Path folder, Path log, Duration time, String name, String command) {
    this.report = report;
    this.folder = folder;
    this.log = log;
    this.time = time;
    this.name = name;
    this.command = command;
  }

  void run() throws Exception {
    Duration each = time.dividedBy(4);
    Path key = folder.resolve("peer.key");
    Path emptySpentLogins = folder.resolve("peer-no-spent-logins");
    Instant now = Instant.now();
    SpentLogins.open(emptySpentLogins, now, Runnable::run).close();
    int most = LOADS.stream().mapToInt(VerdictTable.Load::clients).max().orElseThrow();
    List<Login> tokens =
        Customer.range(GateRig.authority(key), 0, most, now).stream().map(Customer::login).toList();
    VerdictTable table = new VerdictTable(report, LOADS, VerdictRun.PATIENCE);
    table.measure(name + ": everybody", tokens, new Controller.OfPeer(command), each);
    ours(table, "Hourgate's library: everybody", tokens, each, key, emptySpentLogins, "bypass");
    ours(
        table,
        "Hourgate: reconnect token and paid time",
        tokens,
        each,
        key,
        emptySpentLogins,
        "stub");
    table.measure("the stand-in's own limit", tokens, new Controller.Instantly(), each);
    table.end();
  }

  private void ours(
      VerdictTable table,
      String row,
      List<Login> tokens,
      Duration each,
      Path key,
      Path emptySpentLogins,
      String kind)
      throws Exception {
    try (GateProcess gate = GateProcess.start(log, key, kind)) {
      table.measure(row, tokens, new Controller.OfGate(gate, emptySpentLogins), each);
    }
  }
}

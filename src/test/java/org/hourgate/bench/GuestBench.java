package org.hourgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.SpentLogins;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.fake.FakeOpenVpn;

/**
 * Whether guests of the shared management socket keep customers waiting: how long a verdict takes
 * with no guest and with fifty, by turns.
 */
final class GuestBench {

  private static final int GUESTS = 50;

  /** How many wait at a time, and how many ask in all. */
  private record Load(int outstanding, int clients) {}

  private static final List<Load> LOADS = List.of(new Load(1, 4_000), new Load(128, 10_000));

  private record Case(Load load, int guests) {}

  private final Report report;
  private final Duration time;
  private final Path folder;
  private final Path log;
  private int runs;
  private int answered;

  GuestBench(Report report, Path folder, Path log, Duration time) {
    this.report = report;
    this.time = time;
    this.folder = folder;
    this.log = log;
  }

  void run() throws Exception {
    Path key = folder.resolve("gateway.key");
    CredentialAuthority authority = GateRig.authority(key);
    List<Login> tokens = Login.tokens(authority, Wallets.range(1, 10_000), Instant.now());
    Map<Case, List<Figures>> latencies = new LinkedHashMap<>();
    try (GateProcess gate = GateProcess.start(log, key, "stub")) {
      Rounds rounds = new Rounds(time);
      while (rounds.more()) {
        for (Load load : LOADS) {
          for (int guests : List.of(0, GUESTS)) {
            Figures latency = measure(gate, tokens.subList(0, load.clients()), load, guests);
            if (rounds.count() > 1) { // The first one warms up.
              latencies
                  .computeIfAbsent(new Case(load, guests), _ -> new ArrayList<>())
                  .add(latency);
            }
            report.progress(
                "%d waiting, %d guests: p50 %s ms"
                    .formatted(load.outstanding(), guests, Figures.number(latency.median(), 2)));
          }
        }
      }
    }
    report.heading(
        "milliseconds to a verdict (reconnect token)",
        "no guest",
        GUESTS + " guests",
        GUESTS + " : none");
    for (Load load : LOADS) {
      row(load, "p50", 0.5, latencies);
      row(load, "p99", 0.99, latencies);
    }
    report.progress(answered + " rounds of questions by guests were answered");
  }

  private Figures measure(GateProcess gate, List<Login> logins, Load load, int guests)
      throws Exception {
    System.gc();
    Path spent = folder.resolve("guests-spent-" + ++runs);
    SpentLogins.open(spent, Instant.now(), Runnable::run).close();
    try (FakeOpenVpn openVpn = FakeOpenVpn.start();
        AutoCloseable _ = gate.attach((ManagementAddress.Unix) openVpn.address(), spent);
        GuestCrowd crowd =
            GuestCrowd.of(
                guests, GateRig.shared(((ManagementAddress.Unix) openVpn.address()).path()))) {
      VerdictRun.Result result = VerdictRun.run(openVpn, logins, load.outstanding());
      if (result.denied() > 0) {
        throw new IOException(result.denied() + " were denied");
      }
      answered += crowd.rounds();
      return result.latency();
    } finally {
      Files.deleteIfExists(spent);
    }
  }

  private void row(Load load, String name, double share, Map<Case, List<Figures>> latencies) {
    Figures alone = quantiles(latencies.getOrDefault(new Case(load, 0), List.of()), share);
    Figures watched = quantiles(latencies.getOrDefault(new Case(load, GUESTS), List.of()), share);
    report.row(
        List.of(
            load.outstanding() + " waiting, " + name,
            alone.spread(2),
            watched.spread(2),
            Figures.number(watched.median() / alone.median(), 2)));
  }

  private static Figures quantiles(List<Figures> rounds, double share) {
    return Figures.of(rounds.stream().map(figures -> figures.quantile(share)).toList());
  }
}

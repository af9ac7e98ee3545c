package org.hourgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.fake.FakeOpenVpn;

/**
 * How many verdicts a second the gate gives through a unix socket, with one, some and very many
 * clients waiting at a time: with a signature, with a signature and the chain, with a reconnect
 * token, and, as the limit of the fake, by a controller that does not look.
 */
final class VerdictBench {

  private static final int MOST = 20_000;
  private static final int ROUNDS = Integer.getInteger("hourgate.bench.rounds", 5);

  /** How many wait at a time, and how many ask in all. */
  private record Load(int outstanding, int clients) {}

  private static final List<Load> LOADS =
      List.of(new Load(1, 2_000), new Load(128, 10_000), new Load(10_000, MOST));

  private record Measured(VerdictRun.Result run, CpuTime cpu) {}

  private final Report report;
  private final Path folder;
  private final Path key;
  private final Path log;
  private final Path emptySpentLogins;
  private final List<WalletKey> wallets = Wallets.range(1, MOST);
  private final List<Login> signed;
  private final List<Login> tokens;
  private int runs;

  VerdictBench(Report report, Path folder, Path log) throws IOException {
    this.report = report;
    this.folder = folder;
    this.log = log;
    key = folder.resolve("gateway.key");
    CredentialAuthority authority = GateRig.authority(key);
    emptySpentLogins = folder.resolve("no-spent-logins");
    Instant now = Instant.now();
    SpentLogins.open(emptySpentLogins, now, Runnable::run).close();
    report.progress(MOST + " wallets sign");
    signed = Login.signed(authority, wallets, now.plusSeconds(1));
    tokens = Login.tokens(authority, wallets, now);
  }

  void run() throws Exception {
    report.heading(
        "verdicts a second",
        "1 waiting",
        "128 waiting",
        "10,000 waiting",
        "128 : 1",
        "10,000 : 128",
        "128: p99 ms",
        "128: CPU µs each",
        "denied");
    try (GateProcess gate = GateProcess.start(log, key, "stub")) {
      measure("login, signature recovered", signed, gate);
      measure("reconnect token, no signature", tokens, gate);
    }
    try (Anvil anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
        HourgateContract contract =
            HourgateContract.deploy(
                anvil.rpc(), Anvil.CHAIN_ID, Anvil.key(0), Anvil.key(0).address())) {
      report.progress(MOST + " wallets pay");
      PaidTime.give(
          anvil,
          contract,
          wallets,
          Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofHours(1)));
      try (GateProcess gate =
          GateProcess.start(log, key, anvil.rpc().toString(), contract.address().checksummed())) {
        measure("login, signature recovered, chain asked", signed, gate);
      }
    }
    measureInstant();
  }

  private void measure(String name, List<Login> logins, GateProcess gate) throws Exception {
    Map<Load, List<Measured>> results =
        rounds(
            name,
            load -> {
              Path spent = folder.resolve("spent-" + ++runs);
              Files.copy(emptySpentLogins, spent);
              try (FakeOpenVpn openVpn = FakeOpenVpn.start();
                  AutoCloseable _ = gate.attach(address(openVpn), spent)) {
                CpuTime before = CpuTime.of(gate.pid());
                VerdictRun.Result result =
                    VerdictRun.run(openVpn, logins.subList(0, load.clients()), load.outstanding());
                return new Measured(result, CpuTime.of(gate.pid()).since(before));
              }
            });
    row(name, results);
  }

  private void measureInstant() throws Exception {
    String name = "answered without looking (the limit of the fake)";
    Map<Load, List<Measured>> results =
        rounds(
            name,
            load -> {
              try (FakeOpenVpn openVpn = FakeOpenVpn.start();
                  AutoCloseable _ = InstantAnswerer.start(address(openVpn).path())) {
                return new Measured(
                    VerdictRun.run(openVpn, tokens.subList(0, load.clients()), load.outstanding()),
                    new CpuTime(Map.of()));
              }
            });
    row(name, results);
  }

  /** One measurement. */
  private interface Once {
    Measured measure(Load load) throws Exception;
  }

  private Map<Load, List<Measured>> rounds(String name, Once once) throws Exception {
    Map<Load, List<Measured>> results = new LinkedHashMap<>();
    for (int round = 0; round <= ROUNDS; round++) {
      for (Load load : LOADS) {
        System.gc();
        Measured measured = once.measure(load);
        if (round > 0) { // The first one warms up.
          results.computeIfAbsent(load, _ -> new ArrayList<>()).add(measured);
        }
        report.progress(
            "%s, %d waiting%s: %s/s"
                .formatted(
                    name,
                    load.outstanding(),
                    round == 0 ? " (warm-up)" : "",
                    Figures.number(measured.run().perSecond(), 0)));
      }
    }
    return results;
  }

  private void row(String name, Map<Load, List<Measured>> results) {
    List<List<Measured>> lists = List.copyOf(results.values());
    List<Figures> rates = lists.stream().map(VerdictBench::perSecond).toList();
    List<Double> medians = rates.stream().map(Figures::median).toList();
    List<Measured> some = lists.get(1);
    report.row(
        List.of(
            name,
            rates.get(0).spread(0),
            rates.get(1).spread(0),
            rates.get(2).spread(0),
            Figures.number(medians.get(1) / medians.get(0), 2),
            Figures.number(medians.get(2) / medians.get(1), 2),
            median(some, m -> m.run().latency().quantile(0.99), 1),
            median(some, m -> m.cpu().total() / LOADS.get(1).clients(), 0),
            Integer.toString(
                lists.stream().flatMap(List::stream).mapToInt(m -> m.run().denied()).sum())));
  }

  private static Figures perSecond(List<Measured> list) {
    return Figures.of(list.stream().map(m -> m.run().perSecond()).toList());
  }

  private static String median(
      List<Measured> list, ToDoubleFunction<Measured> figure, int decimals) {
    return Figures.number(
        Figures.of(list.stream().mapToDouble(figure).boxed().toList()).median(), decimals);
  }

  private static ManagementAddress.Unix address(FakeOpenVpn openVpn) {
    return (ManagementAddress.Unix) openVpn.address();
  }
}

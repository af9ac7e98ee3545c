package org.hourgate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletKey;

/**
 * How many verdicts a second come through a unix socket, with one to 10,000 CONNECTs waiting at a
 * time, and what becomes of 100,000 that come at once: with a signature, with a reconnect token,
 * without a look at either, and by a controller that does nothing else, as the limit of the
 * stand-in.
 */
final class SocketBench {

  private static final int MOST = 20_000;
  private static final int QUEUED = 100_000;

  private static final List<VerdictTable.Load> LOADS =
      List.of(
          new VerdictTable.Load(1, 1_000),
          new VerdictTable.Load(16, 8_000),
          new VerdictTable.Load(128, 10_000),
          new VerdictTable.Load(1_024, MOST),
          new VerdictTable.Load(10_000, MOST));

  private final Report report;
  private final Path key;
  private final Path log;
  private final Duration time;
  private final Path emptySpentLogins;
  private final List<WalletKey> wallets = Wallets.range(1, MOST);
  private final List<Login> signed;
  private final List<Login> tokens;

  SocketBench(Report report, Path folder, Path log, Duration time) throws IOException {
    this.report = report;
    this.log = log;
    this.time = time;
    key = folder.resolve("gateway.key");
    CredentialAuthority authority = GateRig.authority(key);
    emptySpentLogins = folder.resolve("no-spent-logins");
    Instant now = Instant.now();
    SpentLogins.open(emptySpentLogins, now, Runnable::run).close();
    report.progress(MOST + " wallets sign");
    signed = Login.signed(authority, wallets, now.plusSeconds(1));
    tokens = Customer.range(authority, 0, QUEUED, now).stream().map(Customer::login).toList();
  }

  void run() throws Exception {
    Duration each = time.dividedBy(9);
    VerdictTable table = new VerdictTable(report, LOADS, VerdictRun.PATIENCE);
    for (List<String> options : List.of(JavaOptions.SHIPPED, JavaOptions.THOROUGH)) {
      String with = options.equals(JavaOptions.SHIPPED) ? "" : ", thorough compiler";
      measure(table, "full: signature and paid time" + with, signed, options, each, "stub");
      measure(table, "reconnect token" + with, tokens, options, each, "stub");
      measure(table, "bypass: everybody" + with, tokens, options, each, "bypass");
    }
    try (GateProcess gate =
        GateProcess.start(Path.of("/dev/null"), key, JavaOptions.LOGGING, "stub")) {
      table.measure(
          "full, with its log", signed, new Controller.OfGate(gate, emptySpentLogins), each);
    }
    try (Anvil anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
        HourgateContract contract =
            HourgateContract.deploy(
                anvil.rpc(), Anvil.CHAIN_ID, Anvil.key(0), Anvil.key(0).address())) {
      report.progress(MOST + " wallets pay");
      PaidTime.give(
          anvil,
          contract,
          Wallets.addresses(wallets),
          Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofHours(1)));
      measure(
          table,
          "full, nobody known yet: the chain is asked",
          signed,
          JavaOptions.SHIPPED,
          each,
          anvil.rpc().toString(),
          contract.address().checksummed());
    }
    table.measure("the stand-in's own limit", tokens, new Controller.Instantly(), each);
    table.end();
    flood();
  }

  private void measure(
      VerdictTable table,
      String name,
      List<Login> logins,
      List<String> options,
      Duration each,
      String... ledger)
      throws Exception {
    try (GateProcess gate = GateProcess.start(log, key, options, ledger)) {
      table.measure(name, logins, new Controller.OfGate(gate, emptySpentLogins), each);
    }
  }

  /** 100,000 at once: who does not fit is told to come back, and nobody waits for ever. */
  private void flood() throws Exception {
    report.heading(
        "%,d CONNECTs at once".formatted(QUEUED),
        "answers a second",
        "let in",
        "told to come back",
        "seconds to the last answer");
    for (String kind : List.of("stub", "bypass")) {
      try (GateProcess gate = GateProcess.start(log, key, JavaOptions.SHIPPED, kind)) {
        Controller controller = new Controller.OfGate(gate, emptySpentLogins);
        String name = kind.equals("stub") ? "reconnect token" : "bypass: everybody";
        VerdictTable.Measured measured;
        try {
          var _ = VerdictTable.once(controller, tokens, LOADS.getLast(), VerdictRun.PATIENCE);
          measured =
              VerdictTable.once(
                  controller, tokens, new VerdictTable.Load(QUEUED, QUEUED), VerdictRun.PATIENCE);
        } catch (VerdictRun.StalledException e) {
          report.progress(name + " stalls: " + e.getMessage());
          report.row(List.of(name, "stalls", "", "", ""));
          continue;
        }
        VerdictRun.Result run = measured.run();
        report.row(
            List.of(
                name,
                Figures.number(run.perSecond(), 0),
                "%,d".formatted(QUEUED - run.denied()),
                "%,d".formatted(run.denied()),
                Figures.number(QUEUED / run.perSecond(), 1)));
      }
    }
  }
}

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
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.fake.FakeOpenVpn;
import org.jspecify.annotations.Nullable;

/**
 * How many verdicts a second come through a unix socket, with one to 10,000 CONNECTs waiting at a
 * time, and what becomes of 100,000 that come at once: with a signature, with a reconnect token,
 * without a look at either, and by a controller that does nothing else, as the limit of the
 * stand-in; and by another program, if one is named.
 */
final class SocketBench {

  private static final int MOST = 20_000;
  private static final int QUEUED = 100_000;
  private static final int USUAL = 128;

  /** How many wait at a time, and how many ask in all. */
  private record Load(int outstanding, int clients) {}

  private static final List<Load> LOADS =
      List.of(
          new Load(1, 1_000),
          new Load(16, 8_000),
          new Load(USUAL, 10_000),
          new Load(1_024, MOST),
          new Load(10_000, MOST));

  private record Measured(VerdictRun.Result run, double cpuEach) {}

  /** A controller that is attached to a stand-in for one run. */
  private interface Controller {
    AutoCloseable attach(Path socket) throws Exception;

    /** Of whose processor time is counted. */
    long pid();
  }

  private final Report report;
  private final Path folder;
  private final Path key;
  private final Path log;
  private final Duration time;
  private final Optional<String> peer;
  private final Path emptySpentLogins;
  private final List<WalletKey> wallets = Wallets.range(1, MOST);
  private final List<Login> signed;
  private final List<Login> tokens;
  private int runs;

  SocketBench(Report report, Path folder, Path log, Duration time, Optional<String> peer)
      throws IOException {
    this.report = report;
    this.folder = folder;
    this.log = log;
    this.time = time;
    this.peer = peer;
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
    Duration each = time.dividedBy(peer.isPresent() ? 9 : 8);
    report.heading(
        "verdicts a second, by how many wait at a time",
        "1",
        "16",
        "128",
        "1,024",
        "10,000",
        "10,000 : 128",
        "1: p50 ms",
        "1: p99 ms",
        "128: p99 ms",
        "CPU µs a verdict",
        "denied");
    for (List<String> options : List.of(JavaOptions.SHIPPED, JavaOptions.THOROUGH)) {
      String with = options.equals(JavaOptions.SHIPPED) ? "" : ", thorough compiler";
      measure("full: signature and paid time" + with, signed, options, each, "stub");
      measure("reconnect token" + with, tokens, options, each, "stub");
      measure("bypass: everybody" + with, tokens, options, each, "bypass");
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
          "full, nobody known yet: the chain is asked",
          signed,
          JavaOptions.SHIPPED,
          each,
          anvil.rpc().toString(),
          contract.address().checksummed());
    }
    if (peer.isPresent()) {
      measure("another program", tokens, new Peer(peer.get()), each);
    }
    measure("the stand-in's own limit", tokens, new InstantController(), each);
    flood();
  }

  private void measure(
      String name, List<Login> logins, List<String> options, Duration each, String... ledger)
      throws Exception {
    try (GateProcess gate = GateProcess.start(log, key, options, ledger)) {
      measure(name, logins, controller(gate), each);
    }
  }

  /** Each time a gate that remembers nothing. */
  private Controller controller(GateProcess gate) {
    return new Controller() {
      @Override
      public AutoCloseable attach(Path socket) throws Exception {
        Path spent = folder.resolve("spent-" + ++runs);
        Files.copy(emptySpentLogins, spent);
        return gate.attach(new ManagementAddress.Unix(socket), spent);
      }

      @Override
      public long pid() {
        return gate.pid();
      }
    };
  }

  /** A thread of this process, which counts for itself. */
  private static final class InstantController implements Controller {
    @Override
    public AutoCloseable attach(Path socket) throws IOException {
      return InstantAnswerer.start(socket);
    }

    @Override
    public long pid() {
      return 0;
    }
  }

  /** Another program, told the socket in place of {@code {socket}}. */
  private static final class Peer implements Controller {
    private final String command;
    private @Nullable LabProcess process;

    Peer(String command) {
      this.command = command;
    }

    @Override
    public AutoCloseable attach(Path socket) {
      LabProcess started =
          LabProcess.start(
              "peer",
              List.of("/bin/sh", "-c", "exec " + command.replace("{socket}", socket.toString())));
      process = started;
      return started;
    }

    @Override
    public long pid() {
      return process == null ? 0 : process.pid();
    }
  }

  private void measure(String name, List<Login> logins, Controller controller, Duration each)
      throws Exception {
    Map<Load, List<Measured>> results = new LinkedHashMap<>();
    Rounds rounds = new Rounds(each);
    boolean warm = false; // The first one warms up.
    while (rounds.more()) {
      for (Load load : LOADS) {
        System.gc();
        Optional<Measured> measured = once(controller, logins, load);
        if (measured.isEmpty()) {
          report.progress("%s stalls with %,d waiting".formatted(name, load.outstanding()));
          continue;
        }
        if (warm) {
          results.computeIfAbsent(load, _ -> new ArrayList<>()).add(measured.get());
        }
      }
      warm = true;
    }
    row(name, results);
  }

  private static Optional<Measured> once(Controller controller, List<Login> logins, Load load)
      throws Exception {
    try (FakeOpenVpn openVpn = FakeOpenVpn.start();
        AutoCloseable _ = controller.attach(((ManagementAddress.Unix) openVpn.address()).path())) {
      GateRig.await(() -> openVpn.isAttached() && !openVpn.isHeld());
      double before = cpu(controller);
      VerdictRun.Result result =
          VerdictRun.run(openVpn, logins.subList(0, load.clients()), load.outstanding());
      return Optional.of(new Measured(result, (cpu(controller) - before) / load.clients()));
    } catch (VerdictRun.StalledException e) {
      return Optional.empty();
    }
  }

  private static double cpu(Controller controller) {
    return controller.pid() == 0 ? 0 : CpuTime.of(controller.pid()).total();
  }

  private void row(String name, Map<Load, List<Measured>> results) {
    List<String> cells = new ArrayList<>(List.of(name));
    for (Load load : LOADS) {
      cells.add(cell(results, load, m -> m.run().perSecond(), 0));
    }
    Load last = LOADS.getLast();
    Load usual = LOADS.get(2);
    cells.add(
        results.containsKey(last) && results.containsKey(usual)
            ? Figures.number(
                median(results.get(last), m -> m.run().perSecond())
                    / median(results.get(usual), m -> m.run().perSecond()),
                2)
            : "stalls");
    cells.add(cell(results, LOADS.getFirst(), m -> m.run().latency().median(), 2));
    cells.add(cell(results, LOADS.getFirst(), m -> m.run().latency().quantile(0.99), 2));
    cells.add(cell(results, usual, m -> m.run().latency().quantile(0.99), 1));
    cells.add(cell(results, usual, Measured::cpuEach, 0));
    cells.add(
        Integer.toString(
            results.values().stream().flatMap(List::stream).mapToInt(m -> m.run().denied()).sum()));
    report.progress(String.join(" | ", cells));
    report.row(cells);
  }

  private static String cell(
      Map<Load, List<Measured>> results,
      Load load,
      ToDoubleFunction<Measured> figure,
      int decimals) {
    List<Measured> measured = results.get(load);
    return measured == null ? "stalls" : Figures.number(median(measured, figure), decimals);
  }

  private static double median(List<Measured> list, ToDoubleFunction<Measured> figure) {
    return Figures.of(list.stream().mapToDouble(figure).boxed().toList()).median();
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
        Controller controller = controller(gate);
        var _ = once(controller, tokens, LOADS.getLast());
        Optional<Measured> measured = once(controller, tokens, new Load(QUEUED, QUEUED));
        String name = kind.equals("stub") ? "reconnect token" : "bypass: everybody";
        if (measured.isEmpty()) {
          report.row(List.of(name, "stalls", "", "", ""));
          continue;
        }
        VerdictRun.Result run = measured.get().run();
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

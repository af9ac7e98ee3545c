package org.hourgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import org.hourgate.app.install.Pki;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.app.lab.Output;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.CredentialAuthority;
import org.hourgate.credential.SpentLogins;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.fake.FakeOpenVpn;

/**
 * How fast a real OpenVPN lets a crowd in that comes all at once, and what that costs it: in turns
 * with a controller that answers without looking, with a gate that has seen many logins, with the
 * same gate behind another OpenVPN that asks by scripts, and with a gate just started. Each client
 * shows a login, and either gate looks each wallet up on the chain.
 */
final class ConnectBench {

  private static final int CLIENTS = 200;
  private static final int WARMING = 10_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The server logs this once for every client, when it hands out the address. */
  private static final String UP = "'PUSH_REPLY,";

  /**
   * One crowd.
   *
   * @param most seconds from the release until 90 % were up
   * @param all seconds until all were
   * @param server processor time of OpenVPN and its scripts for each client, in microseconds
   * @param controller processor time of whoever answered, for each client
   */
  private record Crowd(double most, double all, double server, double controller) {}

  /** The processor time used so far. */
  private interface Meter {
    double micros();
  }

  private final Report report;
  private final Duration time;
  private final Path log;
  private final List<Crowd> instant = new ArrayList<>();
  private final List<Crowd> warm = new ArrayList<>();
  private final List<Crowd> fresh = new ArrayList<>();
  private final List<Crowd> script = new ArrayList<>();

  ConnectBench(Report report, Path log, Duration time) {
    this.report = report;
    this.time = time;
    this.log = log;
  }

  void run() throws Exception {
    report.progress("connects: a chain and an OpenVPN server start");
    try (LabNetwork network = LabNetwork.create();
        Anvil anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
        HourgateContract contract =
            HourgateContract.deploy(
                anvil.rpc(), Anvil.CHAIN_ID, Anvil.key(0), Anvil.key(0).address());
        OpenVpnServer server =
            OpenVpnServer.on(
                    network, Pki.create(network.directory(), "hourgate-lab", Duration.ofDays(1)))
                .start();
        OpenVpnServer scripts =
            OpenVpnServer.on(
                    network,
                    Pki.create(
                        Files.createDirectory(network.directory().resolve("script-pki")),
                        "hourgate-script",
                        Duration.ofDays(1)))
                .instance("script", 1195, "10.89.0.0")
                .scripts()
                .start()) {
      Namespace homes = network.addCrowd(CLIENTS);
      Path folder = network.directory();
      Path key = folder.resolve("gateway.key");
      CredentialAuthority authority = GateRig.authority(key);
      SpentLogins.open(folder.resolve("none"), Instant.now().minusSeconds(1), Runnable::run)
          .close();
      List<WalletKey> wallets = Wallets.range(1, WARMING);
      PaidTime.give(
          anvil,
          contract,
          Wallets.addresses(wallets),
          Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofHours(1)));
      List<Login> logins = Login.signed(authority, wallets, Instant.now());
      List<Login> crowd = logins.subList(0, CLIENTS);
      Path socket = server.managementSocket();
      String[] ledger = {anvil.rpc().toString(), contract.address().checksummed()};
      try (GateProcess warmGate = GateProcess.start(log, key, ledger)) {
        report.progress("connects: the warm gate sees " + WARMING + " logins");
        warm(warmGate, folder, logins);
        Rounds rounds = new Rounds(time);
        while (rounds.more()) {
          int round = rounds.count() - 1;
          try (InstantAnswerer _ = InstantAnswerer.start(socket)) {
            Meter meter = () -> CpuTime.of(ProcessHandle.current().pid()).of("instant");
            measure("instant answerer", round, instant, server, meter, homes, folder, crowd);
          }
          try (AutoCloseable _ = attach(warmGate, socket, folder)) {
            Meter meter = () -> CpuTime.of(warmGate.pid()).total();
            measure("warm gate", round, warm, server, meter, homes, folder, crowd);
          }
          Path meeting = Path.of(scripts.gateSettings().get("script-folder"));
          try (AutoCloseable _ =
              warmGate.attach(
                  new ManagementAddress.Unix(scripts.managementSocket()),
                  unspent(folder),
                  meeting)) {
            Meter meter = () -> CpuTime.of(warmGate.pid()).total();
            measure("warm gate, by script", round, script, scripts, meter, homes, folder, crowd);
          }
          try (GateProcess freshGate = GateProcess.start(log, key, ledger);
              AutoCloseable _ = attach(freshGate, socket, folder)) {
            Meter meter = () -> CpuTime.of(freshGate.pid()).total();
            measure("fresh gate", round, fresh, server, meter, homes, folder, crowd);
          }
        }
      }
    }
    table();
  }

  private static void warm(GateProcess gate, Path folder, List<Login> logins) throws Exception {
    try (FakeOpenVpn openVpn = FakeOpenVpn.start();
        AutoCloseable _ =
            attach(gate, ((ManagementAddress.Unix) openVpn.address()).path(), folder)) {
      VerdictRun.run(openVpn, logins, 128);
    }
  }

  /** Each time with an empty memory of spent logins: all show the same ones. */
  private static AutoCloseable attach(GateProcess gate, Path socket, Path folder)
      throws IOException {
    return gate.attach(new ManagementAddress.Unix(socket), unspent(folder));
  }

  private static Path unspent(Path folder) throws IOException {
    return Files.copy(folder.resolve("none"), folder.resolve("spent-" + System.nanoTime()));
  }

  private void measure(
      String name,
      int round,
      List<Crowd> results,
      OpenVpnServer server,
      Meter controller,
      Namespace homes,
      Path folder,
      List<Login> logins)
      throws IOException {
    try (HeldCrowd crowd = HeldCrowd.of(server, homes, folder, logins)) {
      int mark = server.output().mark();
      CpuTime serverBefore = CpuTime.of(server.pid());
      double scriptsBefore = CpuTime.ofChildren(server.pid());
      double controllerBefore = controller.micros();
      Instant begin = crowd.release();
      List<Double> up = awaitUp(server.output(), mark, begin);
      Crowd result =
          new Crowd(
              up.get(CLIENTS * 9 / 10 - 1),
              up.getLast(),
              (CpuTime.of(server.pid()).since(serverBefore).total()
                      + CpuTime.ofChildren(server.pid())
                      - scriptsBefore)
                  / CLIENTS,
              (controller.micros() - controllerBefore) / CLIENTS);
      if (round > 0) {
        results.add(result);
      }
      report.progress(
          "connects: %d clients, %s%s: 90 %% up in %s s, all in %s s, OpenVPN's CPU %s µs each"
              .formatted(
                  CLIENTS,
                  name,
                  round == 0 ? " (not counted)" : "",
                  Figures.number(result.most(), 2),
                  Figures.number(result.all(), 2),
                  Figures.number(result.server(), 0)));
    }
  }

  /** Seconds after the beginning at which the first, second ... client was up. */
  private static List<Double> awaitUp(Output output, int mark, Instant begin) {
    Instant end = begin.plus(PATIENCE);
    while (true) {
      List<Output.Line> lines = output.lines();
      List<Double> up =
          lines.subList(mark, lines.size()).stream()
              .filter(line -> line.text().contains(UP))
              .map(line -> Duration.between(begin, line.readAt()).toNanos() / 1e9)
              .toList();
      if (up.size() >= CLIENTS) {
        return up;
      }
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException(
            "only %d of %d clients were let in within %s; the server's last lines:%n%s"
                .formatted(up.size(), CLIENTS, PATIENCE, output.tail()));
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  private void table() {
    report.heading(
        CLIENTS + " real clients at once",
        "instant answerer",
        "warm gate",
        "warm : instant",
        "gate just started",
        "started : instant",
        "warm gate, by script",
        "script : warm");
    row("connects a second, first 90 %", 0, crowd -> 0.9 * CLIENTS / crowd.most());
    row("seconds until 90 % are up", 2, Crowd::most);
    row("seconds until all are up", 2, Crowd::all);
    row("CPU of OpenVPN and its scripts per connect, µs", 0, Crowd::server);
    row("the answerer's CPU per connect, µs", 0, Crowd::controller);
  }

  private void row(String what, int decimals, ToDoubleFunction<Crowd> figure) {
    Figures base = figures(instant, figure);
    Figures first = figures(warm, figure);
    Figures second = figures(fresh, figure);
    Figures third = figures(script, figure);
    report.row(
        List.of(
            what,
            base.spread(decimals),
            first.spread(decimals),
            Figures.number(first.median() / base.median(), 2),
            second.spread(decimals),
            Figures.number(second.median() / base.median(), 2),
            third.spread(decimals),
            Figures.number(third.median() / first.median(), 2)));
  }

  private static Figures figures(List<Crowd> crowds, ToDoubleFunction<Crowd> figure) {
    return Figures.of(crowds.stream().mapToDouble(figure).boxed().toList());
  }
}

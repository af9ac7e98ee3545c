package org.hourgate.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PingStream;
import org.hourgate.credential.WalletKey;

/**
 * How exactly a crowd is cut whose time ends in the same second: real OpenVPN, a real chain, the
 * gate as a process, each client with a tunnel of its own and a ping through it. The judge is the
 * last ping that was answered.
 */
final class ExpiryBench {

  private static final int CLIENTS = 200;
  private static final int FIRST_WALLET = 70_000;
  private static final Duration PING_INTERVAL = Duration.ofMillis(50);
  private static final Duration TIME_TO_CONNECT = Duration.ofSeconds(90);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A ping that was due before the end may have been held up for so long by a busy machine. */
  private static final Duration EARLY = Duration.ofMillis(250);

  private final Report report;

  ExpiryBench(Report report) {
    this.report = report;
  }

  void run() throws Exception {
    try (LabGateway gateway = LabGateway.create()) {
      gateway.startGate();
      gateway.anvil().setAutomine(true);
      List<WalletKey> wallets = Wallets.range(FIRST_WALLET, CLIENTS);
      List<Namespace> homes = gateway.network().addClients(CLIENTS);
      Instant end = Instant.now().plus(TIME_TO_CONNECT).truncatedTo(ChronoUnit.SECONDS);
      report.progress("expiry: paying for " + CLIENTS + " wallets until " + end);
      for (WalletKey wallet : wallets) {
        payUntil(gateway, wallet, end);
      }
      report.progress("expiry: connecting " + CLIENTS + " clients");
      List<OpenVpnClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(gateway.client(wallets.get(i), "login", homes.get(i)).start());
      }
      clients.forEach(client -> client.awaitConnected(PATIENCE));
      report.progress("expiry: all are up; each pings every " + PING_INTERVAL.toMillis() + " ms");
      List<PingStream> pings = new ArrayList<>();
      for (Namespace home : homes) {
        pings.add(PingStream.start(home, gateway.server().gateway(), PING_INTERVAL));
      }
      pings.forEach(ping -> ping.replies().awaitAfter(Instant.EPOCH, PATIENCE));
      if (Instant.now().isAfter(end.minusSeconds(5))) {
        throw new IllegalStateException("the machine is too slow: the crowd was not up in time");
      }
      clients.forEach(client -> client.process().awaitExit(TIME_TO_CONNECT.plus(PATIENCE)));
      tell(end, clients, pings);
    }
  }

  /** A grant adds to what is there: the second one lands on the second. */
  private static void payUntil(LabGateway gateway, WalletKey wallet, Instant end) {
    gateway.contract().grant(LabGateway.OWNER, wallet.address(), Duration.ofSeconds(1));
    Instant begun = gateway.contract().entitlementOf(wallet.address()).paidUntil();
    gateway.contract().grant(LabGateway.OWNER, wallet.address(), Duration.between(begun, end));
    Instant paidUntil = gateway.contract().entitlementOf(wallet.address()).paidUntil();
    if (!paidUntil.equals(end)) {
      throw new IllegalStateException("paid until " + paidUntil + " instead of " + end);
    }
  }

  private void tell(Instant end, List<OpenVpnClient> clients, List<PingStream> pings) {
    List<Double> lastPackets = new ArrayList<>();
    List<Double> farewells = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      lastPackets.add(millis(end, pings.get(i).replies().last().orElseThrow()));
      farewells.add(
          millis(end, clients.get(i).output().await("Halt command was pushed", PATIENCE).readAt()));
      pings.get(i).close();
    }
    report.heading(
        CLIENTS + " sessions due in the same second, ms after paidUntil",
        "p50",
        "p99",
        "max",
        "earlier than −" + EARLY.toMillis());
    row("last ping answered", lastPackets);
    row("text shown by the client", farewells);
  }

  private void row(String name, List<Double> values) {
    Figures figures = Figures.of(values);
    report.row(
        List.of(
            name,
            Figures.number(figures.median(), 0),
            Figures.number(figures.quantile(0.99), 0),
            Figures.number(figures.max(), 0),
            Long.toString(values.stream().filter(v -> v < -EARLY.toMillis()).count())));
  }

  private static double millis(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e6;
  }
}

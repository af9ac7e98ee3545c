package org.hourgate.soak;

import java.math.BigInteger;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.credential.WalletKey;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.testing.Actors;

/**
 * A gate as a process of its own between a real OpenVPN with real clients, a stand-in for OpenVPN
 * with hundreds, and a real chain, while customers come, pay, extend, leave, are cut and refused,
 * people look at page, metrics and the shared socket, and connections, nodes and OpenVPN break.
 */
final class SoakRun {

  private static final int CROWD = 250;
  private static final int FULL = 235;
  private static final int PAYERS_OF_THE_CROWD = 4;
  private static final int FIRST_PAYER = 1;
  private static final int REAL_CUSTOMERS = 3;
  private static final BigInteger PRICE = BigInteger.valueOf(1_000);
  private static final Duration VISIT = Duration.ofSeconds(20);
  private static final Duration STAY = Duration.ofSeconds(90);
  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(12);
  private static final Duration BETWEEN_MISHAPS = Duration.ofSeconds(40);

  /** For what is under way to come to its end before a sample. */
  private static final Duration QUIET = Duration.ofSeconds(2);

  /**
   * What the gate has read of a wallet it remembers for 15 minutes, so what it holds of wallets
   * grows for as long; code is compiled and pools fill meanwhile.
   */
  private static final Duration LONGEST_WARM_UP = Duration.ofMinutes(16);

  private final Random dice;

  /** Held by whoever does something short, and by the one who measures while nobody does. */
  private final ReadWriteLock busy = new ReentrantReadWriteLock(/* fair= */ true);

  private final Counts counts = new Counts();
  private Duration warmUp = Duration.ZERO;
  private int mishap;

  SoakRun(long seed) {
    dice = new Random(seed);
  }

  Duration warmUp() {
    return warmUp;
  }

  String happened() {
    return counts.inWords();
  }

  /** Lets it go on for so long, and returns how much of everything grew. */
  Map<String, Slope> run(Duration duration) throws Exception {
    warmUp = Collections.min(List.of(LONGEST_WARM_UP, duration.dividedBy(2)));
    try (FakeOpenVpn fake = FakeOpenVpn.builder().disconnectDelay(Duration.ofSeconds(1)).start();
        LabGateway house = LabGateway.create(server -> server.line("keepalive 2 10"));
        HttpClient http = HttpClient.newHttpClient()) {
      fake.onCommand(_ -> {});
      Files.writeString(
          house.configuration(),
          "limits: { connects-per-source: off }\n",
          StandardOpenOption.APPEND);
      long visit = house.contract().addProduct(LabGateway.OWNER, PRICE, VISIT);
      long stay = house.contract().addProduct(LabGateway.OWNER, PRICE, STAY);
      LabProcess gate =
          house.startGate(
              "--set", "openvpn[1].name=fake", "--set", "openvpn[1].management=" + fake.address());
      Vitals vitals = new Vitals(gate.pid(), house.admin(), http);
      FakeCrowd crowd = new FakeCrowd(fake, CROWD, counts, new Random(dice.nextLong()));
      Visitors visitors = new Visitors(house, http, counts);
      List<AutoCloseable> toClose = new ArrayList<>();
      Map<String, List<Slope.Point>> points = new LinkedHashMap<>();
      try (Actors actors = new Actors()) {
        for (int i = 0; i < PAYERS_OF_THE_CROWD; i++) {
          Customers customers = customers(house, FIRST_PAYER + i, toClose);
          actors.start(
              "crowd " + i,
              Duration.ofMillis(50),
              whileOthersAre(() -> crowdOnce(crowd, customers, stay)));
        }
        for (int i = 0; i < REAL_CUSTOMERS; i++) {
          Customers customers = customers(house, FIRST_PAYER + PAYERS_OF_THE_CROWD + i, toClose);
          Namespace home = house.network().addClient();
          actors.start(
              "customer " + i,
              Duration.ofMillis(200),
              () -> visitOnce(house, home, customers, visit, actors));
        }
        actors.start("reader", Duration.ofMillis(500), whileOthersAre(visitors::lookAtThePage));
        actors.start(
            "owner of a page",
            Duration.ofSeconds(3),
            whileOthersAre(() -> visitors.signIn(crowd.somebody())));
        actors.start("scraper", Duration.ofSeconds(5), whileOthersAre(visitors::scrape));
        actors.start(
            "guest", Duration.ofSeconds(2), whileOthersAre(visitors::visitTheSharedSocket));
        actors.start(
            "mishaps",
            BETWEEN_MISHAPS,
            whileOthersAre(() -> somethingBreaks(house, fake, crowd, gate, actors)));
        measure(duration, actors, vitals, crowd, points);
      } finally {
        for (AutoCloseable each : toClose) {
          each.close();
        }
      }
      if (!gate.isAlive()) {
        throw new IllegalStateException("the gate has ended:\n" + gate.output().tail());
      }
      Map<String, Slope> slopes = new LinkedHashMap<>();
      points.forEach((what, all) -> slopes.put(what, Slope.of(all)));
      return slopes;
    }
  }

  private Customers customers(LabGateway house, int payer, List<AutoCloseable> toClose) {
    Customers customers = new Customers(house, payer, new Random(dice.nextLong()));
    toClose.add(customers);
    return customers;
  }

  private void measure(
      Duration duration,
      Actors actors,
      Vitals vitals,
      FakeCrowd crowd,
      Map<String, List<Slope.Point>> points)
      throws Exception {
    long begin = System.nanoTime();
    while (actors.goesOn(BETWEEN_SAMPLES)) {
      Duration gone = Duration.ofNanos(System.nanoTime() - begin);
      Map<String, Double> taken = quietly(vitals, actors);
      System.out.printf("%5d s, %d in the crowd: %s%n", gone.toSeconds(), crowd.size(), taken);
      // Each session takes some memory: with fewer of them there is less, and that is no news.
      if (gone.compareTo(warmUp) >= 0 && crowd.size() >= FULL) {
        taken.forEach(
            (what, value) ->
                points
                    .computeIfAbsent(what, _ -> new ArrayList<>())
                    .add(new Slope.Point(gone.toMillis() / 1e3, value)));
      }
      if (gone.compareTo(duration) >= 0) {
        return;
      }
    }
  }

  private Actors.Act whileOthersAre(Actors.Act act) {
    return () -> {
      busy.readLock().lock();
      try {
        act.once();
      } finally {
        busy.readLock().unlock();
      }
    };
  }

  /**
   * Counts while nobody but the real clients does anything: what is there then is there to stay.
   */
  private Map<String, Double> quietly(Vitals vitals, Actors actors) throws Exception {
    busy.writeLock().lock();
    try {
      var _ = actors.goesOn(QUIET);
      return vitals.take();
    } finally {
      busy.writeLock().unlock();
    }
  }

  /** Somebody comes to the stand-in, or knocks in vain, or extends, or renegotiates. */
  private void crowdOnce(FakeCrowd crowd, Customers customers, long product) throws Exception {
    WalletKey wallet = Customers.newWallet();
    crowd.knocks(wallet, customers.oneIn(2) ? "wrong" : customers.password(wallet));
    crowd.renegotiates();
    if (customers.oneIn(8)) {
      customers.buy(crowd.somebody(), product, PRICE);
      counts.add("extensions");
    } else {
      customers.buy(wallet, product, PRICE);
      counts.add("purchases");
      crowd.comes(wallet, customers.password(wallet));
    }
  }

  /** A real client comes, and leaves, or extends and leaves, or stays to its end. */
  private void visitOnce(
      LabGateway house, Namespace home, Customers customers, long product, Actors actors)
      throws Exception {
    WalletKey wallet = Customers.newWallet();
    boolean pays = !customers.oneIn(6);
    if (pays) {
      customers.buy(wallet, product, PRICE);
    }
    OpenVpnClient.Builder builder =
        OpenVpnClient.of(house.server(), home)
            .login(
                wallet.address().checksummed(),
                customers.oneIn(8) ? "wrong" : customers.password(wallet));
    if (customers.oneIn(3)) {
      builder.line("reneg-sec 5");
    }
    boolean extends_ = pays && customers.oneIn(3);
    try (OpenVpnClient client = builder.start()) {
      counts.add("real clients");
      if (extends_ && actors.goesOn(Duration.ofSeconds(8))) {
        customers.buy(wallet, product, PRICE);
      }
      Duration longest = customers.oneIn(3) ? Duration.ofSeconds(6) : VISIT.multipliedBy(3);
      long begin = System.nanoTime();
      while (client.process().isAlive()
          && System.nanoTime() - begin < longest.toNanos()
          && actors.goesOn(Duration.ofMillis(200))) {
        // It stays.
      }
      counts.add(client.process().isAlive() ? "real clients left" : "real clients sent away");
    }
  }

  /** One thing after the other. */
  private void somethingBreaks(
      LabGateway house, FakeOpenVpn fake, FakeCrowd crowd, LabProcess gate, Actors actors)
      throws Exception {
    switch (mishap++ % 8) {
      case 0 -> {
        counts.add("management connections lost");
        fake.drop();
      }
      case 1 -> {
        counts.add("soft restarts of OpenVPN");
        house.server().signal("USR1");
      }
      case 2 -> {
        counts.add("nodes stopped for 3 s");
        house.anvil().freeze();
        var _ = actors.goesOn(Duration.ofSeconds(3));
        house.anvil().thaw();
      }
      case 3 -> {
        counts.add("soft restarts of the stand-in");
        fake.softRestart();
        crowd.comesBack();
      }
      case 4 -> {
        counts.add("OpenVPN killed");
        house.server().kill();
        house.server().start();
      }
      case 5 -> {
        counts.add("gate stopped for 1 s");
        gate.signal("STOP");
        var _ = actors.goesOn(Duration.ofSeconds(1));
        gate.signal("CONT");
      }
      case 6 -> {
        counts.add("OpenVPN stopped for 2 s");
        house.server().signal("STOP");
        var _ = actors.goesOn(Duration.ofSeconds(2));
        house.server().signal("CONT");
      }
      default -> {
        counts.add("deaths of the stand-in");
        fake.stop();
        fake.restart();
        crowd.comesBack();
      }
    }
  }
}

package org.hourgate.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.hourgate.app.lab.Arrivals;
import org.hourgate.app.lab.LabException;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.Output;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;

/**
 * A real client and what goes through its tunnel in both directions, fifty packets a second; writes
 * down what it sees when it is {@link #look looked at}. Safe for any thread.
 */
final class Patron implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofMillis(20);
  private static final String CONNECTED = "Initialization Sequence Completed";

  private final House house;
  private final Chronicle chronicle;
  private final String name;
  private final WalletKey wallet;
  private final String password;
  private final OpenVpnClient client;
  private @Nullable PacketStream packets;
  private final Direction up = new Direction(true);
  private final Direction down = new Direction(false);
  private boolean over;

  private Patron(
      House house,
      Chronicle chronicle,
      String name,
      WalletKey wallet,
      String password,
      OpenVpnClient client) {
    this.house = house;
    this.chronicle = chronicle;
    this.name = name;
    this.wallet = wallet;
    this.password = password;
    this.client = client;
  }

  /** Who comes, and how. */
  record Arrival(
      String name,
      WalletKey wallet,
      WalletKey signer,
      boolean stubborn,
      Optional<Integer> renegotiation) {

    static Arrival of(String name, WalletKey wallet) {
      return new Arrival(name, wallet, wallet, false, Optional.empty());
    }

    Arrival signedBy(WalletKey other) {
      return new Arrival(name, wallet, other, stubborn, renegotiation);
    }

    Arrival asStubborn() {
      return new Arrival(name, wallet, signer, true, renegotiation);
    }

    Arrival renegotiatingEvery(int seconds) {
      return new Arrival(name, wallet, signer, stubborn, Optional.of(seconds));
    }
  }

  static Patron arrive(House house, Chronicle chronicle, Namespace home, Arrival arrival) {
    WalletKey wallet = arrival.wallet();
    Instant issuedAt = Instant.now();
    String password = house.password(wallet, arrival.signer(), issuedAt);
    OpenVpnClient.Builder builder =
        OpenVpnClient.of(house.lab().server(), home)
            .login(wallet.address().checksummed(), password);
    arrival.renegotiation().ifPresent(seconds -> builder.line("reneg-sec " + seconds));
    if (arrival.stubborn()) {
      builder.stubborn();
    }
    chronicle.add(
        new Fact.Login(
            chronicle.now(),
            arrival.name(),
            wallet.address().checksummed(),
            Chronicle.digest(password),
            arrival.signer().equals(wallet),
            issuedAt.getEpochSecond()));
    return new Patron(house, chronicle, arrival.name(), wallet, password, builder.start());
  }

  WalletKey wallet() {
    return wallet;
  }

  /** What its profile has. */
  String password() {
    return password;
  }

  boolean isRunning() {
    return client.process().isAlive();
  }

  /** Whether packets went both ways within the last moment. */
  synchronized boolean isOnline() {
    look();
    long since = chronicle.now() - 1_000;
    return up.last > since && down.last > since;
  }

  /** Waits until packets go both ways; false if the client has ended, or did not come in time. */
  boolean awaitOnline(Duration patience) throws InterruptedException {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < patience.toNanos() && isRunning()) {
      if (isOnline()) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return false;
  }

  /** Writes down what has come through since it was looked at last. */
  synchronized void look() {
    if (over) {
      return;
    }
    if (packets == null && client.output().last(CONNECTED).isPresent()) {
      try {
        packets = PacketStream.start(house.lab().server(), client, INTERVAL);
      } catch (LabException e) {
        // OpenVPN is down just now, and its address with it: the next look tries again.
      }
    }
    PacketStream stream = packets;
    if (stream != null) {
      up.write(stream.up());
      down.write(stream.down());
    }
    if (!isRunning()) {
      over = true;
      chronicle.add(new Fact.Exited(chronicle.now(), name, lastWords()));
      close(stream);
    }
  }

  /** What has been written down of one direction. */
  private final class Direction {
    private final boolean isUp;
    private int seen;
    private long last;

    Direction(boolean isUp) {
      this.isUp = isUp;
    }

    void write(Arrivals arrivals) {
      List<Instant> times = arrivals.from(seen);
      if (times.isEmpty()) {
        return;
      }
      seen += times.size();
      long longest = 0;
      for (int i = 1; i < times.size(); i++) {
        longest = Math.max(longest, Duration.between(times.get(i - 1), times.get(i)).toMillis());
      }
      last = times.stream().mapToLong(Instant::toEpochMilli).max().orElseThrow();
      chronicle.add(
          new Fact.Packets(
              times.getFirst().toEpochMilli(), last, name, isUp, times.size(), longest));
    }
  }

  private String lastWords() {
    return client.output().lines().reversed().stream()
        .map(Output.Line::text)
        .filter(line -> line.contains("AUTH_FAILED") || line.contains("was pushed by server"))
        .findFirst()
        .orElse("");
  }

  /** Its user ends it. */
  @Override
  public void close() {
    look();
    synchronized (this) {
      if (!over) {
        over = true;
        chronicle.add(new Fact.Left(chronicle.now(), name));
        client.process().kill();
        close(packets);
      }
    }
  }

  private static void close(@Nullable PacketStream stream) {
    if (stream != null) {
      stream.close();
    }
  }
}

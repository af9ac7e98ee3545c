package org.hourgate.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.install.Pki;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.app.lab.Output;

/**
 * Customers with real OpenVPN clients at real OpenVPN servers, each with a tunnel of its own. For
 * each server there is one namespace that holds all its clients. From the server's end a packet is
 * sent to each client again and again; it says when it was sent, so a slow reader makes none later.
 */
final class RealCrowd implements Crowd {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** So many clients begin at a time: they share the processors with their server. */
  private static final int BEGINNING = 60;

  private static final Duration TIME_TO_END = Duration.ofSeconds(20);

  /** Of so many the price is measured. */
  private static final int SAMPLE = 100;

  private static final int PORT = 4_000;
  private static final int PACKETS_A_SECOND = 20_000;
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(20);
  private static final int PACKET_BYTES = Long.BYTES + Integer.BYTES;
  private static final int BUFFER_BYTES = 1 << 23;

  /** Packets take no longer than this, unless the tunnel is gone. */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  // MULTI: primary virtual IP for 0xabc…/10.99.0.3:40562: 10.80.0.2
  private static final Pattern UP =
      Pattern.compile("MULTI: primary virtual IP for (0x[0-9a-f]+)/\\S+: ([0-9.]+)");

  // 1795289731.123456 1 … of --machine-readable-output
  private static final Pattern FAREWELL =
      Pattern.compile("(?m)^(\\d+)\\.(\\d{6}) .*Halt command was pushed");

  private final LabNetwork network;
  private final List<OpenVpnServer> servers = new ArrayList<>();
  private final List<Namespace> homes = new ArrayList<>();
  private final List<Process> clients = new ArrayList<>();
  private final List<DatagramChannel> channels = new ArrayList<>();

  /** The tunnel address of each wallet that is up, and how much of each server's log was read. */
  private final Map<String, String> up = new HashMap<>();

  private final Map<OpenVpnServer, Integer> read = new HashMap<>();
  private AtomicLongArray lastSent = new AtomicLongArray(0);
  private String price = "";
  private volatile boolean over;

  private RealCrowd(LabNetwork network) {
    this.network = network;
  }

  static RealCrowd of(LabNetwork network, int processes) throws IOException {
    RealCrowd crowd = new RealCrowd(network);
    Pki pki = Pki.create(network.directory(), "hourgate-storm", Duration.ofDays(1));
    for (int i = 0; i < processes; i++) {
      crowd.servers.add(
          OpenVpnServer.on(network, pki)
              .instance("storm" + i, 1194 + i, "10.%d.0.0".formatted(100 + i))
              .line("max-clients 20000")
              .line("connect-freq-initial 10000 10")
              .start());
      Namespace home = network.addClient();
      // A client's packets come in by its own device, whatever the routing table says.
      run(home.command(List.of("sysctl", "-q", "-w", "net.ipv4.conf.all.rp_filter=0")));
      run(home.command(List.of("sysctl", "-q", "-w", "net.ipv4.conf.default.rp_filter=0")));
      crowd.homes.add(home);
    }
    return crowd;
  }

  private static void run(List<String> command) throws IOException {
    try {
      if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
        throw new IOException("failed: " + command);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public List<Path> sockets() {
    return servers.stream().map(OpenVpnServer::managementSocket).toList();
  }

  @Override
  public void connect(List<Customer> customers) throws IOException {
    lastSent = new AtomicLongArray(customers.size());
    Instant end = Instant.now().plus(PATIENCE);
    for (int i = 0; i < customers.size(); i++) {
      while (i - up().size() >= BEGINNING) {
        pause(end);
      }
      clients.add(start(i, customers.get(i)));
    }
    while (up().size() < customers.size()) {
      pause(end);
    }
    price = measurePrice(clients);
    stream(customers, up());
  }

  private void pause(Instant end) throws IOException {
    if (Instant.now().isAfter(end)) {
      throw new IOException(
          "only %d of %d clients are up after %s".formatted(up().size(), clients.size(), PATIENCE));
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
  }

  private Map<String, String> up() {
    for (OpenVpnServer server : servers) {
      List<Output.Line> lines = server.output().lines();
      for (Output.Line line : lines.subList(read.getOrDefault(server, 0), lines.size())) {
        Matcher found = UP.matcher(line.text());
        if (found.find()) {
          up.put(found.group(1), found.group(2));
        }
      }
      read.put(server, lines.size());
    }
    return up;
  }

  private Process start(int number, Customer customer) throws IOException {
    OpenVpnServer server = servers.get(number % servers.size());
    Namespace home = homes.get(number % servers.size());
    Path profile = file(number, ".ovpn");
    OpenVpnClient.of(server, home)
        .login(customer.login().username(), customer.login().password())
        .line("dev storm" + number / servers.size())
        .line("dev-type tun")
        .line("route-noexec")
        .line("nice 10")
        .line("machine-readable-output")
        .write(profile);
    List<String> command = home.command(List.of("openvpn", "--config", profile.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(file(number, ".log").toFile())
        .start();
  }

  private Path file(int number, String suffix) {
    return network.directory().resolve("storm-client-" + number + suffix);
  }

  private void stream(List<Customer> customers, Map<String, String> addresses) throws IOException {
    Duration needed = Duration.ofSeconds(customers.size()).dividedBy(PACKETS_A_SECOND);
    Duration interval = needed.compareTo(SHORTEST_INTERVAL) > 0 ? needed : SHORTEST_INTERVAL;
    for (Namespace home : homes) {
      DatagramChannel channel =
          home.call(
              () ->
                  DatagramChannel.open()
                      .setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES)
                      .bind(new InetSocketAddress(PORT)));
      channels.add(channel);
      Thread.ofPlatform().daemon().name("packets in").start(() -> receive(channel));
    }
    DatagramChannel out = network.server().call(() -> DatagramChannel.open());
    channels.add(out);
    List<InetSocketAddress> targets =
        customers.stream()
            .map(
                customer -> new InetSocketAddress(addresses.get(customer.login().username()), PORT))
            .toList();
    Thread.ofPlatform().daemon().name("packets out").start(() -> send(out, targets, interval));
    Instant end = Instant.now().plus(PATIENCE);
    for (int i = 0; i < customers.size(); i++) {
      while (lastSent.get(i) == 0) {
        if (Instant.now().isAfter(end)) {
          throw new IOException("no packet reaches client " + i + " at " + targets.get(i));
        }
        pause(end);
      }
    }
  }

  private void send(DatagramChannel out, List<InetSocketAddress> targets, Duration interval) {
    ByteBuffer packet = ByteBuffer.allocate(PACKET_BYTES);
    long begun = System.nanoTime();
    long step = interval.toNanos() / targets.size();
    for (long n = 0; !over; n++) {
      int target = (int) (n % targets.size());
      long wait = begun + n * step - System.nanoTime();
      if (wait > 1_000_000) {
        LockSupport.parkNanos(wait);
      }
      packet.clear().putLong(micros(Instant.now())).putInt(target).flip();
      try {
        out.send(packet, targets.get(target));
      } catch (IOException e) {
        // The device's queue is full, or the socket is closed: the next packet tells.
      }
    }
  }

  private void receive(DatagramChannel channel) {
    ByteBuffer packet = ByteBuffer.allocate(PACKET_BYTES);
    while (!over) {
      try {
        channel.receive(packet.clear());
        long sent = packet.flip().getLong();
        lastSent.accumulateAndGet(packet.getInt(), sent, Math::max);
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }

  @Override
  public OptionalDouble lastPacketAfter(int customer, Instant end) {
    long last = lastSent.get(customer);
    return micros(Instant.now()) - last < TimeUnit.MICROSECONDS.convert(SILENCE)
        ? OptionalDouble.empty()
        : OptionalDouble.of((last - micros(end)) / 1e3);
  }

  /** When the client read the farewell. */
  @Override
  public OptionalDouble putOutAfter(int customer, Instant end) {
    try {
      Matcher farewell = FAREWELL.matcher(Files.readString(file(customer, ".log")));
      return Optional.of(farewell)
          .filter(Matcher::find)
          .map(f -> Long.parseLong(f.group(1)) * 1_000_000 + Long.parseLong(f.group(2)))
          .map(at -> OptionalDouble.of((at - micros(end)) / 1e3))
          .orElse(OptionalDouble.empty());
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
  }

  /** Its share of what it has in common with others counts as its own. */
  @Override
  public Optional<String> price() {
    return Optional.of(price);
  }

  private static String measurePrice(List<Process> clients) {
    List<Double> memory = new ArrayList<>();
    List<Double> time = new ArrayList<>();
    int step = Math.max(1, clients.size() / SAMPLE);
    for (int i = 0; i < clients.size(); i += step) {
      Process client = clients.get(i);
      memory.add(CpuTime.proportionalMib(client.pid()));
      time.add(CpuTime.of(client.pid()).total() / 1e3);
    }
    return "A client takes %s MiB, and %s ms of processor time until its tunnel is up"
        .formatted(
            Figures.number(Figures.of(memory).median(), 1),
            Figures.number(Figures.of(time).median(), 0));
  }

  @Override
  public String name() {
    return "OpenVPN";
  }

  @Override
  public void close() throws IOException {
    over = true;
    for (DatagramChannel channel : channels) {
      channel.close();
    }
    clients.forEach(Process::destroyForcibly);
    for (OpenVpnServer server : servers) {
      server.close();
    }
    // What comes next wants the memory.
    Instant end = Instant.now().plus(TIME_TO_END);
    for (Process client : clients) {
      while (client.isAlive() && Instant.now().isBefore(end)) {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }
}

package org.hourgate.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.fake.FakeOpenVpn;

/**
 * Customers of stand-ins for OpenVPN. A cut is the first {@code client-deny} of an established
 * client, read by the stand-in: there a real OpenVPN passes no further packet
 * (docs/decisions/0001-the-cut.md).
 */
final class FakeCrowd implements Crowd {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** So many logins wait at a time at each stand-in: fewer than the gate puts off. */
  private static final int WAITING = 200;

  private static final long NEVER = Long.MIN_VALUE;

  private final List<Daemon> daemons = new ArrayList<>();

  private FakeCrowd() {}

  static FakeCrowd of(int processes) {
    FakeCrowd crowd = new FakeCrowd();
    for (int i = 0; i < processes; i++) {
      crowd.daemons.add(new Daemon(FakeOpenVpn.start()));
    }
    return crowd;
  }

  @Override
  public List<Path> sockets() {
    return daemons.stream()
        .map(daemon -> ((ManagementAddress.Unix) daemon.openVpn.address()).path())
        .toList();
  }

  @Override
  public void connect(List<Customer> customers) {
    for (int i = 0; i < daemons.size(); i++) {
      int number = i;
      List<Customer> share = new ArrayList<>();
      for (int n = number; n < customers.size(); n += daemons.size()) {
        share.add(customers.get(n));
      }
      daemons.get(i).connect(share);
    }
    GateRig.await(
        () -> daemons.stream().allMatch(daemon -> daemon.admitted.get() == daemon.cutAt.length()),
        PATIENCE);
  }

  @Override
  public OptionalDouble lastPacketAfter(int customer, Instant end) {
    Daemon daemon = daemons.get(customer % daemons.size());
    long at = daemon.cutAt.get(customer / daemons.size());
    return at == NEVER ? OptionalDouble.empty() : OptionalDouble.of((at - micros(end)) / 1e3);
  }

  @Override
  public OptionalDouble putOutAfter(int customer, Instant end) {
    return lastPacketAfter(customer, end);
  }

  @Override
  public Optional<String> price() {
    return Optional.empty();
  }

  @Override
  public String name() {
    return "stand-in";
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }

  @Override
  public void close() {
    daemons.forEach(daemon -> daemon.openVpn.close());
  }

  /** One stand-in; all but the counters is touched on its thread. */
  private static final class Daemon {
    final FakeOpenVpn openVpn;
    final AtomicInteger admitted = new AtomicInteger();
    List<Customer> customers = List.of();
    AtomicLongArray cutAt = new AtomicLongArray(0);
    int next;

    /** The customer of each CID: the first is 0, and who is put off comes back as another. */
    final List<Integer> customerOf = new ArrayList<>();

    final BitSet up = new BitSet();
    int comebacks;

    Daemon(FakeOpenVpn openVpn) {
      this.openVpn = openVpn;
    }

    void connect(List<Customer> share) {
      customers = share;
      cutAt = new AtomicLongArray(share.size());
      for (int i = 0; i < share.size(); i++) {
        cutAt.set(i, NEVER);
      }
      openVpn.onCommand(this::came);
      openVpn.inOneStep(
          () -> {
            for (int i = 0; i < Math.min(WAITING, share.size()); i++) {
              ask(next++);
            }
          });
    }

    private void ask(int customer) {
      customerOf.add(customer);
      Login login = customers.get(customer).login();
      var _ = openVpn.connect(login.username(), login.password());
    }

    private void came(String command) {
      if (command.startsWith("client-auth ")) {
        up.set(client(command));
        admitted.incrementAndGet();
        if (next < customers.size()) {
          ask(next++);
        }
      } else if (command.startsWith("client-deny ") || command.startsWith("client-kill ")) {
        int client = client(command);
        if (up.get(client)) {
          cutAt.compareAndSet(customerOf.get(client), NEVER, micros(Instant.now()));
        } else if (comebacks++ < customers.size()) {
          ask(customerOf.get(client));
        }
      }
    }

    private static int client(String command) {
      int start = command.indexOf(' ') + 1;
      return Integer.parseInt(command, start, command.indexOf(' ', start), 10);
    }
  }
}

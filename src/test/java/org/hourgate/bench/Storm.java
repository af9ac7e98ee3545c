package org.hourgate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.hourgate.app.lab.Anvil;
import org.hourgate.chain.HourgateContract;
import org.hourgate.credential.WalletAddress;

/**
 * Very many sessions whose time ends in the same second; every second one is topped up two seconds
 * before. One gate as it is shipped, one chain, and beside it scrapes, monitors and visitors of the
 * page. The top-ups are written into the chain's state without an event, so that only what the gate
 * reads just before the end can save those sessions.
 */
final class Storm {

  private static final Duration TOP_UP_BEFORE = Duration.ofSeconds(2);
  private static final Duration EXTENSION = Duration.ofHours(1);

  /** Long enough for a cut that failed to be noticed and repeated. */
  private static final Duration AFTERMATH = Duration.ofSeconds(12);

  /** Whose packets end so long before his time is gone: they are sent far more often. */
  private static final Duration GONE = Duration.ofSeconds(1);

  private static final Duration SHORTEST_STAY = Duration.ofSeconds(8);

  private Storm() {}

  /**
   * What became of one crowd.
   *
   * @param lastPackets milliseconds after the paid second, of those whose time was over
   * @param putOut likewise when they were told
   * @param staying how many had been topped up
   * @param lost how many of these were put out nevertheless
   * @param unending how many are still there though their time is over
   * @param goneBefore how many of these were gone well before the paid second, told or not
   */
  record Outcome(
      String name,
      int processes,
      Figures lastPackets,
      Figures putOut,
      int staying,
      int lost,
      int unending,
      int goneBefore) {

    /** How many were told to go before the paid second, or were gone by then. */
    long early() {
      return Math.max(putOut.below(0), goneBefore);
    }
  }

  /**
   * All of it.
   *
   * @param topUpDone how long before the end the last top-up was on the chain
   * @param cpu of the gate's threads, from the top-ups to the end of the aftermath
   */
  record Result(
      List<Outcome> outcomes,
      Duration topUpDone,
      Figures pages,
      Figures scrapes,
      CpuTime cpu,
      long residentMib,
      List<String> complaints) {}

  /** A crowd and how many are in it. */
  record Part(Crowd crowd, int sessions) {}

  static Result run(
      Path folder, List<Part> parts, Duration timeToConnect, Consumer<String> progress)
      throws IOException {
    List<Path> sockets = parts.stream().flatMap(p -> p.crowd.sockets().stream()).toList();
    try (Anvil anvil = Anvil.start(Anvil.Options.standard().withBlockTime(Duration.ofSeconds(1)));
        HourgateContract contract =
            HourgateContract.deploy(
                anvil.rpc(), Anvil.CHAIN_ID, Anvil.key(0), Anvil.key(0).address());
        ServiceProcess service =
            ServiceProcess.in(folder, sockets, anvil.rpc(), contract.address())) {
      List<List<Customer>> crowds = new ArrayList<>();
      int first = 0;
      for (Part part : parts) {
        crowds.add(
            Customer.range(
                service.authority(), first, part.sessions, Instant.now().minusSeconds(1)));
        first += part.sessions;
      }
      List<WalletAddress> all =
          crowds.stream().flatMap(List::stream).map(Customer::wallet).toList();
      Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(timeToConnect);
      progress.accept(all.size() + " wallets are paid until " + end);
      PaidTime.give(anvil, contract, all, end);
      service.start();
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).crowd.connect(crowds.get(i));
        progress.accept(parts.get(i).sessions + " sessions are up: " + parts.get(i).crowd.name());
      }
      if (Instant.now().isAfter(end.minus(SHORTEST_STAY))) {
        throw new IOException("too slow: the sessions were not up in time");
      }
      try (Visitors visitors = Visitors.of(service, sockets.size())) {
        return watch(parts, crowds, anvil, contract, service, visitors, end, progress);
      }
    }
  }

  private static Result watch(
      List<Part> parts,
      List<List<Customer>> crowds,
      Anvil anvil,
      HourgateContract contract,
      ServiceProcess service,
      Visitors visitors,
      Instant end,
      Consumer<String> progress)
      throws IOException {
    long pid = service.process().pid();
    List<WalletAddress> saved =
        crowds.stream()
            .flatMap(
                crowd ->
                    IntStream.range(0, crowd.size())
                        .filter(Storm::isToppedUp)
                        .mapToObj(i -> crowd.get(i).wallet()))
            .toList();
    PaidTime.Gift topUp = PaidTime.prepare(anvil, contract, saved, end.plus(EXTENSION));
    sleepUntil(end.minus(TOP_UP_BEFORE));
    CpuTime cpuBefore = CpuTime.of(pid);
    topUp.give();
    Duration topUpDone = Duration.between(Instant.now(), end);
    progress.accept(
        saved.size() + " topped up, the last " + topUpDone.toMillis() + " ms before the end");
    sleepUntil(end.plus(AFTERMATH));
    CpuTime cpu = CpuTime.of(pid).since(cpuBefore);
    List<Outcome> outcomes = new ArrayList<>();
    for (Part part : parts) {
      outcomes.add(outcome(part, end));
    }
    List<String> complaints = new ArrayList<>(visitors.failures());
    complaints.addAll(service.complaints());
    return new Result(
        outcomes,
        topUpDone,
        visitors.pages(),
        visitors.scrapes(),
        cpu,
        CpuTime.residentMib(pid),
        complaints);
  }

  private static boolean isToppedUp(int customer) {
    return customer / 10 % 2 == 0; // Whole tens, so that every process has both kinds.
  }

  private static Outcome outcome(Part part, Instant end) {
    List<Double> lastPackets = new ArrayList<>();
    List<Double> putOut = new ArrayList<>();
    int staying = 0;
    int lost = 0;
    int unending = 0;
    int goneBefore = 0;
    for (int i = 0; i < part.sessions; i++) {
      OptionalDouble last = part.crowd.lastPacketAfter(i, end);
      OptionalDouble told = part.crowd.putOutAfter(i, end);
      if (isToppedUp(i)) {
        staying++;
        lost += last.isPresent() || told.isPresent() ? 1 : 0;
      } else if (last.isEmpty()) {
        unending++;
      } else {
        lastPackets.add(last.getAsDouble());
        goneBefore += last.getAsDouble() < -GONE.toMillis() ? 1 : 0;
        putOut.add(told.orElse(Double.NaN));
      }
    }
    return new Outcome(
        part.crowd.name(),
        part.crowd.sockets().size(),
        Figures.of(lastPackets),
        Figures.of(putOut.stream().filter(value -> !value.isNaN()).toList()),
        staying,
        lost,
        unending,
        goneBefore);
  }

  private static void sleepUntil(Instant time) {
    for (Duration rest = Duration.between(Instant.now(), time);
        rest.isPositive();
        rest = Duration.between(Instant.now(), time)) {
      try {
        TimeUnit.NANOSECONDS.sleep(rest.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }
}

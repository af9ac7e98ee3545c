package org.hourgate.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.fake.FakeOpenVpn;

/**
 * A table of controllers, by how many CONNECTs wait for them at a time. Where one does not come to
 * an end it says so, and is not asked for that again.
 */
final class VerdictTable {

  private static final int USUAL = 128;

  /** How many wait at a time, and how many ask in all. */
  record Load(int outstanding, int clients) {}

  /** One run. */
  record Measured(VerdictRun.Result run, double cpuEach) {}

  private final Report report;
  private final List<Load> loads;
  private final Load usual;
  private final Duration patience;
  private final List<String> stalls = new ArrayList<>();

  /**
   * Begins the table. One load is of 128.
   *
   * @param patience with one who hardly answers
   */
  VerdictTable(Report report, List<Load> loads, Duration patience) {
    this.patience = patience;
    this.report = report;
    this.loads = loads;
    usual = loads.stream().filter(load -> load.outstanding == USUAL).findFirst().orElseThrow();
    report.heading(
        "verdicts a second, by how many wait at a time",
        Stream.concat(
                loads.stream().map(load -> "%,d".formatted(load.outstanding)),
                Stream.of(
                    "%,d : 128".formatted(loads.getLast().outstanding),
                    "1: p50 ms",
                    "1: p99 ms",
                    "128: p99 ms",
                    "CPU µs a verdict",
                    "denied"))
            .toArray(String[]::new));
  }

  /** Measures a row; the first login asks first. */
  void measure(String name, List<Login> logins, Controller controller, Duration time)
      throws Exception {
    Map<Load, List<Measured>> results = new LinkedHashMap<>();
    Map<Load, String> stalled = new LinkedHashMap<>();
    Rounds rounds = new Rounds(time);
    boolean warm = false; // The first one warms up.
    while (rounds.more()) {
      for (Load load : loads) {
        if (stalled.containsKey(load)) {
          continue;
        }
        System.gc();
        try {
          Measured measured = once(controller, logins, load, patience);
          if (warm) {
            results.computeIfAbsent(load, _ -> new ArrayList<>()).add(measured);
          }
        } catch (VerdictRun.StalledException e) {
          stalled.put(load, "%,d waiting: %s".formatted(load.outstanding, e.getMessage()));
          results.remove(load);
          report.progress(name + " stalls with " + stalled.get(load));
        }
      }
      warm = true;
    }
    stalled.values().forEach(text -> stalls.add(name + ", " + text));
    row(name, results);
  }

  /** After the last row: what was seen of those that did not come to an end. */
  void end() {
    stalls.forEach(text -> report.note("Stalled: " + text + "."));
  }

  /** One run; the controller comes and goes with it. */
  static Measured once(Controller controller, List<Login> logins, Load load, Duration patience)
      throws Exception {
    try (FakeOpenVpn openVpn = FakeOpenVpn.start();
        AutoCloseable _ = controller.attach(((ManagementAddress.Unix) openVpn.address()).path())) {
      try {
        GateRig.await(() -> controller.isGone() || (openVpn.isAttached() && !openVpn.isHeld()));
      } catch (IllegalStateException e) {
        throw new IOException("it does not serve:\n" + controller.lastWords(), e);
      }
      if (controller.isGone()) {
        throw new IOException("it has gone by itself:\n" + controller.lastWords());
      }
      double before = cpu(controller);
      VerdictRun.Result result =
          VerdictRun.run(openVpn, logins.subList(0, load.clients()), load.outstanding(), patience);
      return new Measured(result, (cpu(controller) - before) / load.clients());
    }
  }

  private static double cpu(Controller controller) {
    return controller.pid() == 0 ? 0 : CpuTime.of(controller.pid()).total();
  }

  private void row(String name, Map<Load, List<Measured>> results) {
    List<String> cells = new ArrayList<>(List.of(name));
    for (Load load : loads) {
      cells.add(cell(results, load, m -> m.run().perSecond(), 0));
    }
    Load last = loads.getLast();
    cells.add(
        results.containsKey(last) && results.containsKey(usual)
            ? Figures.number(
                median(results.get(last), m -> m.run().perSecond())
                    / median(results.get(usual), m -> m.run().perSecond()),
                2)
            : "–");
    cells.add(cell(results, loads.getFirst(), m -> m.run().latency().median(), 2));
    cells.add(cell(results, loads.getFirst(), m -> m.run().latency().quantile(0.99), 2));
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
    return Optional.ofNullable(results.get(load))
        .map(measured -> Figures.number(median(measured, figure), decimals))
        .orElse("stalls");
  }

  private static double median(List<Measured> list, ToDoubleFunction<Measured> figure) {
    return Figures.of(list.stream().mapToDouble(figure).boxed().toList()).median();
  }
}

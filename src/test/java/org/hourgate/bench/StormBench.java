package org.hourgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.hourgate.app.lab.LabNetwork;

/**
 * Storms of growing size: on real OpenVPN as far as the machine carries, on stand-ins beyond. One
 * that fails has a row that says why; the others go on.
 */
final class StormBench {

  private static final String[] COLUMNS = {
    "processes",
    "due",
    "last packet p50",
    "p99",
    "max",
    "told p50",
    "told max",
    "told too early",
    "not ended",
    "topped up",
    "of these lost",
    "page p99 ms",
    "scrape p99 ms",
    "gate's CPU s",
    "resident MiB"
  };

  /** What a real client and its part of a server take, and what is left to all others. */
  private static final long MIB_EACH = 4;

  private static final long MIB_FOR_OTHERS = 4_096;

  private final Report report;
  private final Path folder;
  private int runs;

  StormBench(Report report, Path folder) {
    this.report = report;
    this.folder = folder;
  }

  /**
   * One storm.
   *
   * @param real whether OpenVPN is real
   */
  record Size(boolean real, int sessions, int processes) {

    /** Until all are up: what a busy machine of four cores needs. */
    Duration timeToConnect() {
      return Duration.ofSeconds(25 + (real ? sessions / 40 : sessions / 1_250));
    }

    String name() {
      return "%,d sessions, %s".formatted(sessions, real ? "OpenVPN" : "stand-in");
    }
  }

  /** One process, then several; then what no machine of this size has clients for. */
  static List<Size> usual() throws IOException {
    int most = (int) ((CpuTime.availableMib() - MIB_FOR_OTHERS) / MIB_EACH / 500 * 500);
    return List.of(
        new Size(true, 1_000, 1),
        new Size(true, Math.clamp(most, 1_000, 3_000), 4),
        new Size(false, 10_000, 4),
        new Size(false, 40_000, 10),
        new Size(false, 100_000, 10));
  }

  /** All of them, one after the other. */
  void run(List<Size> sizes) {
    report.heading("ms after the paid second", COLUMNS);
    List<String> failed = new ArrayList<>();
    List<String> prices = new ArrayList<>();
    for (Size size : sizes) {
      try {
        measure(size, prices);
      } catch (IOException | RuntimeException e) { // The labs' failures as well.
        e.printStackTrace();
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
        List<String> row = new ArrayList<>(Collections.nCopies(COLUMNS.length + 1, ""));
        row.set(0, size.name() + ": not measured, " + reason.replace('|', '/'));
        row.set(1, Integer.toString(size.processes()));
        report.row(row);
        failed.add(size.name());
      }
    }
    if (!prices.isEmpty()) {
      report.note(prices.getLast() + ".");
    }
    if (!failed.isEmpty()) {
      report.progress("not measured: " + failed);
    }
  }

  private void measure(Size size, List<String> prices) throws IOException {
    Path here = Files.createDirectory(folder.resolve("storm-" + ++runs));
    if (size.real()) {
      try (LabNetwork network = LabNetwork.create();
          Crowd crowd = RealCrowd.of(network, size.processes())) {
        measure(here, crowd, size, prices);
      }
    } else {
      try (Crowd crowd = FakeCrowd.of(size.processes())) {
        measure(here, crowd, size, prices);
      }
    }
  }

  private void measure(Path here, Crowd crowd, Size size, List<String> prices) throws IOException {
    Storm.Part part = new Storm.Part(crowd, size.sessions());
    row(size, Storm.run(here, List.of(part), size.timeToConnect(), report::progress));
    crowd.price().ifPresent(prices::add);
  }

  private void row(Size size, Storm.Result result) {
    Storm.Outcome outcome = result.outcomes().getFirst();
    result.complaints().stream()
        .filter(line -> !line.contains("AttachCheck")) // A stand-in has no settings to look at.
        .distinct()
        .limit(5)
        .forEach(report::progress);
    report.progress("the gate's processor time: " + result.cpu().most(8));
    List<String> cells =
        List.of(
            size.name(),
            Integer.toString(outcome.processes()),
            "%,d".formatted(outcome.lastPackets().count() + outcome.unending()),
            Figures.number(outcome.lastPackets().median(), 0),
            Figures.number(outcome.lastPackets().quantile(0.99), 0),
            Figures.number(outcome.lastPackets().max(), 0),
            Figures.number(outcome.putOut().median(), 0),
            Figures.number(outcome.putOut().max(), 0),
            Long.toString(outcome.early()),
            Integer.toString(outcome.unending()),
            "%,d, %,d ms before".formatted(outcome.staying(), result.topUpDone().toMillis()),
            "%,d".formatted(outcome.lost()),
            Figures.number(result.pages().quantile(0.99), 0),
            Figures.number(result.scrapes().quantile(0.99), 0),
            Figures.number(result.cpu().total() / 1e6, 1),
            Long.toString(result.residentMib()));
    report.row(cells);
    report.progress(String.join(" | ", cells));
  }
}

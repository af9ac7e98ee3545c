package org.hourgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hourgate.app.lab.LabNetwork;

/** Storms of growing size: on real OpenVPN as far as the machine carries, on stand-ins beyond. */
final class StormBench {

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
      return Duration.ofSeconds(25 + (real ? sessions / 30 : sessions / 1_500));
    }
  }

  /** One process, as many as the processors; then what no machine of this size has clients for. */
  static final List<Size> USUAL =
      List.of(
          new Size(true, 1_000, 1),
          new Size(true, 2_000, 4),
          new Size(false, 10_000, 4),
          new Size(false, 100_000, 10));

  void run(List<Size> sizes) throws IOException {
    report.heading(
        "ms after the paid second",
        "processes",
        "due",
        "last packet p50",
        "p99",
        "max",
        "told p50",
        "told max",
        "told too early",
        "topped up",
        "of these lost",
        "page p99 ms",
        "scrape p99 ms",
        "gate's CPU s",
        "resident MiB");
    for (Size size : sizes) {
      measure(size);
    }
  }

  private void measure(Size size) throws IOException {
    Path here = Files.createDirectory(folder.resolve("storm-" + ++runs));
    if (size.real()) {
      try (LabNetwork network = LabNetwork.create();
          Crowd crowd = RealCrowd.of(network, size.processes())) {
        measure(here, crowd, size);
      }
    } else {
      try (Crowd crowd = FakeCrowd.of(size.processes())) {
        measure(here, crowd, size);
      }
    }
  }

  private void measure(Path here, Crowd crowd, Size size) throws IOException {
    Storm.Part part = new Storm.Part(crowd, size.sessions());
    row(size, Storm.run(here, List.of(part), size.timeToConnect(), report::progress));
  }

  private void row(Size size, Storm.Result result) {
    Storm.Outcome outcome = result.outcomes().getFirst();
    result.complaints().stream().distinct().limit(5).forEach(report::progress);
    report.row(
        List.of(
            "%,d sessions, %s".formatted(size.sessions(), outcome.name()),
            Integer.toString(outcome.processes()),
            "%,d".formatted(outcome.lastPackets().count()),
            Figures.number(outcome.lastPackets().median(), 0),
            Figures.number(outcome.lastPackets().quantile(0.99), 0),
            Figures.number(outcome.lastPackets().max(), 0),
            Figures.number(outcome.putOut().median(), 0),
            Figures.number(outcome.putOut().max(), 0),
            Long.toString(outcome.early()),
            "%,d".formatted(outcome.staying()),
            Integer.toString(outcome.lost()),
            Figures.number(result.pages().quantile(0.99), 0),
            Figures.number(result.scrapes().quantile(0.99), 0),
            Figures.number(result.cpuSeconds(), 1),
            Long.toString(result.residentMib())));
    if (outcome.unending() > 0) {
      report.progress(outcome.unending() + " sessions did not end");
    }
  }
}

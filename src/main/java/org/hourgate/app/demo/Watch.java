package org.hourgate.app.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hourgate.app.lab.Grafana;
import org.hourgate.app.lab.LabException;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.Prometheus;

/** Prometheus and Grafana beside the demo's gate, as far as they are installed. */
final class Watch {

  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private Watch() {}

  /** Starts what there is, and says where it is to be seen. They end with the demo. */
  static String start(LabGateway gateway) throws IOException {
    if (!Prometheus.isInstalled()) {
      return "metrics: "
          + gateway.admin().resolve("/metrics")
          + " (with Prometheus installed the demo starts one: apt-get install prometheus)";
    }
    Path folder = gateway.network().directory();
    Prometheus prometheus =
        Prometheus.start(
            Files.createDirectory(folder.resolve("prometheus")), gateway.admin(), INTERVAL);
    StringBuilder said = new StringBuilder();
    said.append("metrics: ").append(gateway.admin().resolve("/metrics"));
    said.append("\nPrometheus and the alerts: ").append(prometheus.address().resolve("/alerts"));
    said.append("\n").append(boards(folder.resolve("grafana"), prometheus));
    return said.toString();
  }

  private static String boards(Path folder, Prometheus prometheus) throws IOException {
    try {
      Optional<Grafana> grafana =
          Grafana.start(Files.createDirectory(folder), prometheus.address());
      return grafana
          .map(running -> "boards: " + running.address().resolve("/d/hourgate-overview"))
          .orElse("boards: no Grafana is installed; they are in grafana/dashboards");
    } catch (LabException e) {
      return "boards: Grafana did not start: " + e.getMessage();
    }
  }
}

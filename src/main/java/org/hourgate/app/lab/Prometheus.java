package org.hourgate.app.lab;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hourgate.app.install.Shipped;

/**
 * Debian's Prometheus as a child process on loopback, with a folder of its own, which scrapes one
 * gate and minds the shipped rules. Ends with this process at the latest.
 */
public final class Prometheus implements AutoCloseable {

  private static final Duration TIME_TO_START = Duration.ofSeconds(60);
  private static final List<String> RULES =
      List.of("hourgate-recording.yml", "hourgate-alerts.yml");

  private final LabProcess process;
  private final URI address;

  private Prometheus(LabProcess process, URI address) {
    this.process = process;
    this.address = address;
  }

  public static boolean isInstalled() {
    return Programs.look("prometheus").isPresent();
  }

  /**
   * Starts one that scrapes {@code /metrics}; returns once it answers.
   *
   * @param folder for its configuration and its data
   * @param target the gate's {@code admin.listen}
   * @param interval of scrapes and rules, in whole seconds
   */
  public static Prometheus start(Path folder, URI target, Duration interval) throws IOException {
    for (String rules : RULES) {
      Shipped.copy("grafana/alerts/" + rules, folder);
    }
    Path configuration =
        Files.writeString(
            folder.resolve("prometheus.yml"),
            """
            global: { scrape_interval: %1$ds, scrape_timeout: %1$ds, evaluation_interval: %1$ds }
            rule_files: [hourgate-*.yml]
            scrape_configs:
              - job_name: hourgate
                static_configs: [{ targets: ["%2$s"] }]
            """
                .formatted(interval.toSeconds(), target.getAuthority()));
    URI address = URI.create("http://127.0.0.1:" + LabGateway.freePort());
    LabProcess process =
        LabProcess.start(
            "prometheus",
            List.of(
                Programs.find("prometheus", "prometheus").toString(),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=" + address.getAuthority(),
                "--enable-feature=exemplar-storage"));
    try {
      process.output().await("Server is ready to receive web requests", TIME_TO_START);
    } catch (LabException e) {
      process.kill();
      throw e;
    }
    return new Prometheus(process, address);
  }

  /** Where its page and its API are. */
  public URI address() {
    return address;
  }

  @Override
  public void close() {
    process.close();
  }
}

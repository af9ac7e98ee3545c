package org.hourgate.app.lab;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.app.install.Shipped;

/**
 * An installed Grafana as a child process on loopback, with a folder of its own and the shipped
 * boards, which everybody may look at. Ends with this process at the latest.
 */
public final class Grafana implements AutoCloseable {

  private static final Duration TIME_TO_START = Duration.ofSeconds(60);
  private static final Path HOME = Path.of("/usr/share/grafana");
  private static final String SOURCE = "grafana/provisioning/datasources/prometheus.yml";
  private static final String PROVIDER = "grafana/provisioning/dashboards/hourgate.yml";
  private static final List<String> BOARDS =
      List.of("overview", "gate", "chain", "openvpn", "process");

  private final LabProcess process;
  private final URI address;

  private Grafana(LabProcess process, URI address) {
    this.process = process;
    this.address = address;
  }

  /** Starts the one that its packages install; returns once it answers. Empty without one. */
  public static Optional<Grafana> start(Path folder, URI prometheus) throws IOException {
    Optional<List<String>> program = program();
    if (program.isEmpty()) {
      return Optional.empty();
    }
    provision(folder, prometheus);
    URI address = URI.create("http://127.0.0.1:" + LabGateway.freePort());
    List<String> command = new ArrayList<>(program.get());
    command.addAll(List.of("--homepath", HOME.toString()));
    LabProcess process = LabProcess.start("grafana", command, environment(folder, address));
    try {
      process.output().await("HTTP Server Listen", TIME_TO_START);
    } catch (LabException e) {
      process.kill();
      throw e;
    }
    return Optional.of(new Grafana(process, address));
  }

  private static Optional<List<String>> program() {
    if (!Files.isDirectory(HOME)) {
      return Optional.empty();
    }
    return Programs.look("grafana")
        .map(grafana -> List.of(grafana.toString(), "server"))
        .or(() -> Programs.look("grafana-server").map(server -> List.of(server.toString())));
  }

  /** Writes the shipped boards and what points Grafana at them. */
  static void provision(Path folder, URI prometheus) throws IOException {
    Path boards = folder.resolve("boards");
    for (String board : BOARDS) {
      Shipped.copy("grafana/dashboards/" + board + ".json", boards);
    }
    write(folder, SOURCE, "http://127.0.0.1:9090", prometheus.toString());
    write(folder, PROVIDER, "/var/lib/grafana/dashboards/hourgate", boards.toString());
  }

  private static void write(Path folder, String name, String shipped, String ours)
      throws IOException {
    String text = Shipped.text(name);
    if (!text.contains(shipped)) {
      throw new IllegalStateException(name + " has no " + shipped);
    }
    Path file = folder.resolve(name.substring("grafana/".length()));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text.replace(shipped, ours));
  }

  private static Map<String, String> environment(Path folder, URI address) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("GF_PATHS_PROVISIONING", folder.resolve("provisioning").toString());
    environment.put("GF_PATHS_DATA", folder.resolve("data").toString());
    environment.put("GF_PATHS_LOGS", folder.resolve("logs").toString());
    environment.put("GF_PATHS_PLUGINS", folder.resolve("plugins").toString());
    environment.put("GF_LOG_MODE", "console");
    environment.put("GF_SERVER_HTTP_ADDR", address.getHost());
    environment.put("GF_SERVER_HTTP_PORT", String.valueOf(address.getPort()));
    environment.put("GF_AUTH_ANONYMOUS_ENABLED", "true");
    environment.put("GF_AUTH_ANONYMOUS_ORG_ROLE", "Viewer");
    environment.put(
        "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH",
        folder.resolve("boards/overview.json").toString());
    for (String never :
        List.of(
            "GF_ANALYTICS_REPORTING_ENABLED",
            "GF_ANALYTICS_CHECK_FOR_UPDATES",
            "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES",
            "GF_NEWS_NEWS_FEED_ENABLED")) {
      environment.put(never, "false");
    }
    return environment;
  }

  /** Where its boards are. */
  public URI address() {
    return address;
  }

  @Override
  public void close() {
    process.close();
  }
}

package org.hourgate.app.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hourgate.app.config.HourgateConfig;
import picocli.CommandLine.Option;

/** {@code --config} and {@code --set}, for every command that needs the configuration. */
public final class ConfigOption {

  @Option(
      names = "--config",
      paramLabel = "PATH",
      defaultValue = "/etc/hourgate/hourgate.yaml",
      description = "The configuration file (default: ${DEFAULT-VALUE}).")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one key of it, such as chain.poll=2s. May be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  public Path file() {
    return file;
  }

  /** Where the running gate listens, as far as the file tells, whatever else is wrong with it. */
  public Path adminSocket() {
    return HourgateConfig.adminSocket(file, System.getenv(), settings);
  }

  public HourgateConfig load() {
    return HourgateConfig.read(file, System.getenv(), settings);
  }
}

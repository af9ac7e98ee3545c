package org.hourgate.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.hourgate.app.check.Finding;
import org.hourgate.app.check.Finding.Level;
import org.hourgate.app.check.FindingCode;
import org.hourgate.app.check.Inspection;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.cli.Table;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.infrastructure.config.ConfigException;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hourgate check}: what would keep {@code serve} from working, or make it unsafe. */
@Command(
    name = "check",
    description = {
      "Look at everything the configuration names, and say what to change.",
      "Calls OpenVPN and the nodes, reads OpenVPN's configuration, looks at files, sockets, ports,"
          + " certificates and the clock. Changes nothing, and leaves OpenVPN alone while hourgate"
          + " is attached to it. What each finding means: docs/check.md.",
      "Ends with 0 if all is well (warnings allowed),"
          + " 3 if something must be changed, 4 if somebody does not answer."
    })
final class CheckCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Option(names = "--json", description = "Print a JSON object with stable codes.")
  private boolean json;

  @Option(
      names = "--openvpn-config",
      paramLabel = "[NAME=]FILE",
      description =
          "OpenVPN's configuration file of an instance; without a name, of the only one. Otherwise"
              + " the file that the running process was started with is looked at.")
  private List<String> openvpnConfigs = new ArrayList<>();

  @Override
  public Integer call() {
    List<Finding> findings = findings();
    print(findings);
    if (findings.stream().anyMatch(finding -> finding.level() == Level.ERROR)) {
      return ExitCode.CONFIGURATION;
    }
    boolean unreachable =
        findings.stream().anyMatch(finding -> finding.level() == Level.UNREACHABLE);
    return unreachable ? ExitCode.UNREACHABLE : ExitCode.OK;
  }

  private List<Finding> findings() {
    HourgateConfig loaded;
    try {
      loaded = config.load();
    } catch (ConfigException e) {
      return e.problems().stream()
          .map(
              problem ->
                  new Finding(
                      FindingCode.CONFIGURATION_INVALID,
                      Level.ERROR,
                      "configuration",
                      problem.toString(),
                      ""))
          .toList();
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Finding(
            FindingCode.CONFIGURATION,
            Level.OK,
            "configuration",
            config.file() + " can be read",
            ""));
    findings.addAll(Inspection.of(loaded, config.file(), files(loaded), TimeSource.system()));
    return findings;
  }

  private Map<String, Path> files(HourgateConfig loaded) {
    List<String> names = loaded.openvpn().stream().map(HourgateConfig.OpenVpn::name).toList();
    Map<String, Path> files = new LinkedHashMap<>();
    for (String option : openvpnConfigs) {
      int equals = option.indexOf('=');
      String name =
          equals < 0 && names.size() == 1
              ? names.getFirst()
              : option.substring(0, Math.max(0, equals));
      if (!names.contains(name)) {
        throw new ParameterException(
            spec.commandLine(),
            "--openvpn-config: write NAME=FILE with one of " + String.join(", ", names));
      }
      files.put(name, Path.of(option.substring(equals + 1)));
    }
    return files;
  }

  private void print(List<Finding> findings) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.writePretty(
              new Report(
                  findings.stream().noneMatch(CheckCommand::isBad),
                  findings.stream().map(Line::of).toList())));
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (Level level : Level.values()) {
      findings.stream()
          .filter(finding -> finding.level() == level)
          .forEach(finding -> rows.addAll(rows(finding)));
    }
    Table.align(rows).forEach(out::println);
    out.println();
    out.println(
        "%d ok, %d to look at, %d to change, %d did not answer"
            .formatted(
                count(findings, Level.OK),
                count(findings, Level.WARNING),
                count(findings, Level.ERROR),
                count(findings, Level.UNREACHABLE)));
  }

  private static long count(List<Finding> findings, Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }

  /** What is so, and below it what to change. */
  private static List<List<String>> rows(Finding finding) {
    String message = finding.message();
    if (finding.level() != Level.OK) {
      message += " [" + finding.code().text() + "]";
    }
    List<String> first = List.of(word(finding.level()), finding.subject(), message);
    return finding.change().isEmpty()
        ? List.of(first)
        : List.of(first, List.of("", "", "=> " + finding.change()));
  }

  private static boolean isBad(Finding finding) {
    return finding.level() == Level.ERROR || finding.level() == Level.UNREACHABLE;
  }

  private static String word(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }

  private record Report(boolean ok, List<Line> findings) {}

  private record Line(
      String level, String code, String subject, String message, @Nullable String change) {
    static Line of(Finding finding) {
      return new Line(
          word(finding.level()),
          finding.code().text(),
          finding.subject(),
          finding.message(),
          finding.change().isEmpty() ? null : finding.change());
    }
  }
}

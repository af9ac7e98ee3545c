package org.hourgate.app.fake;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.conformance.Login;
import org.hourgate.conformance.Report;
import org.hourgate.conformance.ReportFile;
import org.hourgate.conformance.Result;
import org.hourgate.conformance.Scenario;
import org.hourgate.conformance.Suite;
import org.hourgate.infrastructure.time.TimeSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hourgate-fake-openvpn conformance}. */
@Command(
    name = "conformance",
    description = {
      "Try what a controller must do, scenario by scenario.",
      "",
      "Start it, and let the controller attach to the address: before or after, once or again and"
          + " again. Each scenario begins with a new daemon at the same address. Without logins the"
          + " scenarios that need them are skipped.",
      "",
      "Exit code 0: nothing failed that a controller must do. 1: something did, or no controller"
          + " came."
    })
final class ConformanceCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private SocketOption socket;

  @Option(
      names = "--accepted",
      paramLabel = "FILE",
      description =
          "A login that the controller accepts as often as it comes: user name and password, a line"
              + " each.")
  private @Nullable Path accepted;

  @Option(
      names = "--refused",
      paramLabel = "FILE",
      description = "A login that it refuses, written likewise.")
  private @Nullable Path refused;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      description =
          "Play this scenario alone; may be repeated. The names: ${COMPLETION-CANDIDATES}",
      completionCandidates = Names.class)
  private List<String> only = List.of();

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write a report: .json, or .xml as JUnit writes them.")
  private @Nullable Path report;

  @Option(
      names = "--patience",
      paramLabel = "DURATION",
      defaultValue = "60s",
      description = "How long the controller may take for anything (default ${DEFAULT-VALUE}).")
  private Duration patience;

  @Option(
      names = "--run",
      paramLabel = "COMMAND",
      description =
          "Start the controller by this shell command, anew for each scenario, and again when it"
              + " ends. Otherwise one that is running has to attach by itself.")
  private @Nullable String run;

  @Option(
      names = "--run-log",
      paramLabel = "FILE",
      defaultValue = "/dev/null",
      description = "Where the output of --run goes (default ${DEFAULT-VALUE}).")
  private Path runLog;

  /** The scenarios, for the help. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Suite.scenarios().stream().map(Scenario::name).iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    List<String> names = Suite.scenarios().stream().map(Scenario::name).toList();
    for (String name : only) {
      if (!names.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "There is no scenario " + name + "; there are: " + names);
      }
    }
    if (report != null && !report.toString().matches(".*\\.(json|xml)")) {
      throw new ParameterException(spec.commandLine(), "A report ends in .json or .xml.");
    }
    Suite.Settings settings =
        new Suite.Settings(login(accepted), login(refused), socket.password(), patience);
    PrintWriter out = spec.commandLine().getOut();
    try (Suite suite = Suite.listen(Optional.of(socket.address), settings, TimeSource.system())) {
      socket.removeAtExit();
      out.println("waiting for a controller at " + suite.address());
      out.flush();
      List<Result> all = new ArrayList<>();
      for (Scenario scenario : Suite.scenarios()) {
        if (only.isEmpty() || only.contains(scenario.name())) {
          Result result = play(suite, scenario);
          out.println(Report.line(result));
          out.flush();
          all.add(result);
        }
      }
      Report results = new Report(all);
      out.println(results.summary());
      if (report != null) {
        ReportFile.write(results, report);
      }
      return results.isConforming() ? ExitCode.OK : 1;
    }
  }

  private Result play(Suite suite, Scenario scenario) {
    if (run == null) {
      return suite.play(scenario);
    }
    try (SupervisedController controller = new SupervisedController(run, runLog.toFile())) {
      Result result = suite.play(scenario);
      return controller.ends() == 0
          ? result
          : result.withNote(
              "the controller ended %d times, lastly with exit code %d"
                  .formatted(controller.ends(), controller.lastExitCode()));
    }
  }

  private static Optional<Login> login(@Nullable Path file) throws IOException {
    return file == null ? Optional.empty() : Optional.of(Login.read(file));
  }
}

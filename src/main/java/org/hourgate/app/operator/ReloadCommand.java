package org.hourgate.app.operator;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.operator.AdminRequest;
import org.hourgate.operator.ReloadOutcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hourgate reload}: has the running gate read its configuration again. */
@Command(
    name = "reload",
    description = {
      "Have the running gate read its configuration again, as SIGHUP does.",
      "Live sessions are not touched. What can change does at once; what needs a restart is named."
          + " A configuration with a mistake in it changes nothing: all mistakes are listed, and"
          + " the command ends with 3.",
      "What was set by --set or by variables when 'hourgate serve' was started goes on to go before"
          + " the file."
    })
public final class ReloadCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Option(
      names = "--json",
      description = "Print a JSON object with problems, applied and needsRestart.")
  private boolean json;

  @Override
  public Integer call() {
    ReloadOutcome outcome =
        RunningGate.required(
            RunningGate.at(config.adminSocket()).ask(AdminRequest.reload()).reload());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.writePretty(outcome));
    } else {
      outcome.applied().forEach(key -> out.println("applied        " + key));
      outcome.needsRestart().forEach(key -> out.println("needs restart  " + key));
    }
    if (!outcome.problems().isEmpty()) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("hourgate: nothing was changed:");
      outcome.problems().forEach(problem -> err.println("  " + problem));
      return ExitCode.CONFIGURATION;
    }
    if (!json && outcome.applied().isEmpty() && outcome.needsRestart().isEmpty()) {
      out.println("Nothing has changed.");
    }
    return ExitCode.OK;
  }
}

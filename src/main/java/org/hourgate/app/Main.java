package org.hourgate.app;

import org.hourgate.app.demo.DemoCommand;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/** The command line. Exit codes are {@link ExitCode}'s. */
@Command(
    name = "hourgate",
    description = "Sells hours of an OpenVPN server.",
    mixinStandardHelpOptions = true,
    versionProvider = BuildInfo.class,
    scope = ScopeType.INHERIT,
    subcommands = {
      ServeCommand.class,
      DeployCommand.class,
      CheckCommand.class,
      LoginCommand.class,
      SessionsCommand.class,
      KillCommand.class,
      DemoCommand.class,
      VersionCommand.class,
      GenerateCompletion.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main {

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(new Failures())
        .setCaseInsensitiveEnumValuesAllowed(true);
  }
}

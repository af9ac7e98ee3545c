package org.hourgate.app;

import java.util.Optional;
import org.hourgate.app.cli.Converters;
import org.hourgate.app.demo.DemoCommand;
import org.hourgate.app.install.InitCommand;
import org.hourgate.app.operator.BanCommand;
import org.hourgate.app.operator.BansCommand;
import org.hourgate.app.operator.KillCommand;
import org.hourgate.app.operator.ReloadCommand;
import org.hourgate.app.operator.SessionsCommand;
import org.hourgate.app.operator.UnbanCommand;
import org.hourgate.app.operator.WatchCommand;
import org.hourgate.app.seller.ClaimCommand;
import org.hourgate.app.seller.DeployCommand;
import org.hourgate.app.seller.GrantCommand;
import org.hourgate.app.seller.PauseCommand;
import org.hourgate.app.seller.ProductsCommand;
import org.hourgate.app.seller.RefundCommand;
import org.hourgate.app.seller.UnpauseCommand;
import org.hourgate.app.seller.WithdrawCommand;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/** The command line. Exit codes are {@link ExitCode}'s. */
@Command(
    name = "hourgate",
    description = "Sells hours of an OpenVPN server.",
    mixinStandardHelpOptions = true,
    versionProvider = BuildInfo.class,
    scope = ScopeType.INHERIT,
    subcommands = {
      InitCommand.class,
      ServeCommand.class,
      CheckCommand.class,
      LoginCommand.class,
      SessionsCommand.class,
      WatchCommand.class,
      KillCommand.class,
      BanCommand.class,
      UnbanCommand.class,
      BansCommand.class,
      ReloadCommand.class,
      AccountsCommand.class,
      DeployCommand.class,
      ProductsCommand.class,
      GrantCommand.class,
      RefundCommand.class,
      ClaimCommand.class,
      WithdrawCommand.class,
      PauseCommand.class,
      UnpauseCommand.class,
      DemoCommand.class,
      VersionCommand.class,
      GenerateCompletion.class,
      ManPageCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main {

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    int exitCode = commandLine().execute(arguments);
    Logs.end();
    System.exit(exitCode);
  }

  static CommandLine commandLine() {
    return Converters.register(new CommandLine(new Main()))
        .setExecutionStrategy(Main::execute)
        .setExecutionExceptionHandler(new Failures())
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Options of a command that is not run itself would do nothing: they are refused. */
  private static int execute(ParseResult parsed) {
    for (ParseResult level = parsed; level.hasSubcommand(); level = level.subcommand()) {
      Optional<OptionSpec> lost =
          level.matchedOptions().stream()
              .filter(option -> !option.usageHelp() && !option.versionHelp())
              .findFirst();
      if (lost.isPresent()) {
        throw new ParameterException(
            level.commandSpec().commandLine(),
            "Write %s behind '%s'."
                .formatted(lost.get().longestName(), level.subcommand().commandSpec().name()));
      }
    }
    return new RunLast().execute(parsed);
  }
}

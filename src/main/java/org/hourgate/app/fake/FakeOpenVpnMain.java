package org.hourgate.app.fake;

import java.io.IOException;
import org.hourgate.app.BuildInfo;
import org.hourgate.app.cli.Converters;
import org.hourgate.management.client.ManagementAddress;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The command line of {@code hourgate-fake-openvpn}. */
@Command(
    name = "hourgate-fake-openvpn",
    description =
        "Plays an OpenVPN 2.6 server's management interface, to try the program that attaches to"
            + " it.",
    mixinStandardHelpOptions = true,
    versionProvider = BuildInfo.class,
    scope = ScopeType.INHERIT,
    subcommands = {RunCommand.class, ConformanceCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class FakeOpenVpnMain {

  private FakeOpenVpnMain() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return Converters.register(new CommandLine(new FakeOpenVpnMain()))
        .registerConverter(ManagementAddress.class, FakeOpenVpnMain::address)
        .setExecutionExceptionHandler(
            (failure, command, _) -> {
              if (failure instanceof ScriptException || failure instanceof IOException) {
                command.getErr().println("hourgate-fake-openvpn: " + failure.getMessage());
                return CommandLine.ExitCode.USAGE;
              }
              throw failure;
            });
  }

  private static ManagementAddress address(String text) {
    try {
      return ManagementAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}

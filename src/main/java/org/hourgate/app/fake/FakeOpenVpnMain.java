package org.hourgate.app.fake;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
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
              command.getErr().println("hourgate-fake-openvpn: " + words(failure));
              return failure instanceof InVainException ? 1 : CommandLine.ExitCode.USAGE;
            });
  }

  private static String words(Exception failure) throws Exception {
    return switch (failure) {
      case ScriptException e -> String.valueOf(e.getMessage());
      case InVainException e -> String.valueOf(e.getMessage());
      case UncheckedIOException e -> words(requireNonNull(e.getCause()));
      case NoSuchFileException e -> "there is no " + e.getFile();
      case AccessDeniedException e -> "may not use " + e.getFile();
      case MalformedInputException _ -> "a file is not UTF-8";
      case IOException e -> String.valueOf(e.getMessage());
      default -> throw failure;
    };
  }

  private static ManagementAddress address(String text) {
    try {
      return ManagementAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}

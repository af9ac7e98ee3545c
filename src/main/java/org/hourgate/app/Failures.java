package org.hourgate.app;

import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.chain.ChainException;
import org.hourgate.credential.CredentialException;
import org.hourgate.gate.UnreadableStateException;
import org.hourgate.infrastructure.config.ConfigException;
import org.hourgate.infrastructure.tls.TlsException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command threw into a sentence and an exit code. */
final class Failures implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed)
      throws Exception {
    int code =
        switch (failure) {
          case CommandException known -> known.exitCode();
          case ConfigException _,
              CredentialException _,
              TlsException _,
              UnreadableStateException _ ->
              ExitCode.CONFIGURATION;
          case ChainException chain ->
              chain.isUnreachable() ? ExitCode.UNREACHABLE : ExitCode.REFUSED;
          default -> throw failure;
        };
    command.getErr().println("hourgate: " + failure.getMessage());
    return code;
  }
}

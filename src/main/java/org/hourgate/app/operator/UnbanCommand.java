package org.hourgate.app.operator;

import java.util.concurrent.Callable;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.credential.WalletAddress;
import org.hourgate.operator.AdminReply;
import org.hourgate.operator.AdminRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hourgate unban}: lets a wallet in again. */
@Command(
    name = "unban",
    description = "Let a banned wallet in again. Ends with 1 if it was not banned.")
public final class UnbanCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Parameters(paramLabel = "WALLET", description = "Whom to let in.")
  private WalletAddress wallet;

  @Override
  public Integer call() {
    AdminReply reply = RunningGate.of(config.load()).ask(AdminRequest.unban(wallet.checksummed()));
    if (reply.ban() == null) {
      spec.commandLine().getErr().println("hourgate: not banned: " + wallet.checksummed());
      return ExitCode.NOTHING_TO_DO;
    }
    spec.commandLine().getOut().println("Unbanned " + wallet.checksummed() + ".");
    if (Boolean.FALSE.equals(reply.kept())) {
      spec.commandLine()
          .getErr()
          .println(
              "hourgate: that could not be written down: a restart now would ban it again. See"
                  + " the log");
      return ExitCode.REFUSED;
    }
    return ExitCode.OK;
  }
}

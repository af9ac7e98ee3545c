package org.hourgate.app.operator;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.operator.AdminReply;
import org.hourgate.operator.AdminRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hourgate kill}: ends sessions now. Who has paid may come back, unless banned. */
@Command(
    name = "kill",
    description = {
      "End sessions now. Whoever has paid may connect again, unless --ban is given.",
      "Waits until OpenVPN says that they are gone, which takes up to 6 seconds (data stops at"
          + " once). Ends with 1 if nobody was meant, with 5 if an end was not confirmed."
    })
public final class KillCommand implements Callable<Integer> {

  private static final Pattern CLIENT = Pattern.compile("([a-z0-9_-]+)/([0-9]{1,18})");

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Parameters(
      paramLabel = "WALLET|INSTANCE/CID",
      description = "All sessions of a wallet, or one as 'hourgate sessions' shows it.")
  private String target;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why: shown to the client and written to the log.")
  private String reason;

  @Option(
      names = "--ban",
      paramLabel = "DURATION",
      description = "Ban the wallet for so long (30m, 12h, 7d): all of its sessions end.")
  private @Nullable Duration ban;

  @Override
  public Integer call() {
    AdminRequest request = request();
    AdminReply reply =
        RunningGate.of(config.load()).ask(ban == null ? request : request.banFor(ban));
    return new EndedSessions(spec.commandLine()).report(reply, target);
  }

  private AdminRequest request() {
    Matcher client = CLIENT.matcher(target);
    if (client.matches()) {
      return AdminRequest.kill(client.group(1), Long.parseLong(client.group(2)), reason);
    }
    try {
      return AdminRequest.kill(WalletAddress.parse(target).checksummed(), reason);
    } catch (InvalidWalletAddressException e) {
      throw new ParameterException(
          spec.commandLine(),
          "Neither a wallet nor INSTANCE/CID: " + target + ". " + e.getMessage());
    }
  }
}

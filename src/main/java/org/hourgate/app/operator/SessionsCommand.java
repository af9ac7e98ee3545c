package org.hourgate.app.operator;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.operator.AdminReply.SessionLine;
import org.hourgate.operator.AdminRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hourgate sessions}: who is online, and until when. */
@Command(
    name = "sessions",
    description = {
      "List who is online, and until when: those that end first come first.",
      "On a terminal that is too narrow wallets are shortened and columns left out; into a file or"
          + " pipe goes all of it."
    })
public final class SessionsCommand implements Runnable {

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Option(names = "--wallet", paramLabel = "WALLET", description = "Only this wallet's.")
  private @Nullable WalletAddress wallet;

  @Option(names = "--instance", paramLabel = "NAME", description = "Only those of this OpenVPN.")
  private @Nullable String instance;

  @Option(
      names = "--json",
      description =
          "Print a JSON array; times are unix seconds, asOf is when the chain was last read for the"
              + " wallet.")
  private boolean json;

  @Override
  public void run() {
    List<SessionLine> sessions =
        RunningGate.required(RunningGate.of(config.load()).ask(AdminRequest.sessions()).sessions())
            .stream()
            .filter(s -> wallet == null || s.wallet().equals(wallet.checksummed()))
            .filter(s -> instance == null || s.instance().equals(instance))
            .sorted(SessionTable.SOONEST_END)
            .toList();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.writePretty(sessions));
    } else if (sessions.isEmpty()) {
      out.println("Nobody is online.");
    } else {
      OptionalInt width =
          Terminal.size().map(size -> OptionalInt.of(size.columns())).orElse(OptionalInt.empty());
      SessionTable.lines(sessions, Instant.now(), width).forEach(out::println);
    }
  }
}

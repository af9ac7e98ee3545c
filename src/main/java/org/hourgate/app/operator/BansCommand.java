package org.hourgate.app.operator;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.app.cli.Table;
import org.hourgate.app.cli.Texts;
import org.hourgate.infrastructure.json.Json;
import org.hourgate.operator.AdminReply.BanLine;
import org.hourgate.operator.AdminRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hourgate bans}: who is kept out, until when, and why. */
@Command(name = "bans", description = "List who is banned, until when, by whom and why.")
public final class BansCommand implements Runnable {

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Option(
      names = "--json",
      description =
          "Print a JSON array; times are unix seconds, until is left out where there is no end.")
  private boolean json;

  @Override
  public void run() {
    List<BanLine> bans =
        RunningGate.required(RunningGate.of(config.load()).ask(AdminRequest.bans()).bans());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.writePretty(bans));
    } else if (bans.isEmpty()) {
      out.println("Nobody is banned.");
    } else {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("WALLET", "SINCE", "UNTIL", "BY", "REASON"));
      bans.forEach(ban -> rows.add(row(ban)));
      Table.align(rows).forEach(out::println);
    }
  }

  private static List<String> row(BanLine ban) {
    return List.of(
        ban.wallet(),
        Texts.time(Instant.ofEpochSecond(ban.since())),
        ban.until() == null ? "forever" : Texts.time(Instant.ofEpochSecond(ban.until())),
        ban.by(),
        ban.reason());
  }
}

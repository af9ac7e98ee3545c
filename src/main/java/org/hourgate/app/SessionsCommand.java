package org.hourgate.app;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
@Command(name = "sessions", description = "List who is online, and until when.")
final class SessionsCommand implements Runnable {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Option(
      names = "--json",
      description =
          "Print a JSON array; times are unix seconds, asOf is when the chain was last read for the"
              + " wallet.")
  private boolean json;

  @Override
  public void run() {
    List<SessionLine> sessions =
        sorted(RunningGate.of(config.load()).ask(AdminRequest.sessions()).sessions());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.writePretty(sessions));
    } else if (sessions.isEmpty()) {
      out.println("Nobody is online.");
    } else {
      table(sessions, Instant.now()).forEach(out::println);
    }
  }

  private static List<SessionLine> sorted(@Nullable List<SessionLine> sessions) {
    if (sessions == null) {
      throw new CommandException(ExitCode.REFUSED, "hourgate answered without sessions");
    }
    return sessions.stream()
        .sorted(Comparator.comparing(SessionLine::instance).thenComparingLong(SessionLine::cid))
        .toList();
  }

  private static List<String> table(List<SessionLine> sessions, Instant now) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "SESSION", "WALLET", "FROM", "TUNNEL", "SINCE", "UNTIL", "LEFT", "IN", "OUT", "BY",
            "STATE"));
    for (SessionLine session : sessions) {
      Optional<Instant> until = Optional.ofNullable(session.until()).map(Instant::ofEpochSecond);
      rows.add(
          List.of(
              session.instance() + "/" + session.cid(),
              session.wallet(),
              session.realAddress(),
              session.tunnelAddress(),
              TIME.format(Instant.ofEpochSecond(session.since())),
              until.map(TIME::format).orElse("unknown"),
              until.map(end -> left(Duration.between(now, end))).orElse(""),
              bytes(session.bytesIn()),
              bytes(session.bytesOut()),
              session.kind(),
              session.state()));
    }
    return Table.align(rows);
  }

  private static String left(Duration duration) {
    if (duration.isNegative()) {
      return "0s";
    }
    if (duration.compareTo(Duration.ofDays(1)) >= 0) {
      return duration.toDays() + "d" + duration.toHoursPart() + "h";
    }
    if (duration.compareTo(Duration.ofHours(1)) >= 0) {
      return duration.toHours() + "h" + duration.toMinutesPart() + "m";
    }
    return duration.toMinutes() > 0
        ? duration.toMinutes() + "m" + duration.toSecondsPart() + "s"
        : duration.toSeconds() + "s";
  }

  private static String bytes(long count) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = count;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? count + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}

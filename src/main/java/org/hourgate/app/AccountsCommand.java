package org.hourgate.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import org.hourgate.app.cli.CommandException;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.app.cli.ExitCode;
import org.hourgate.app.cli.Texts;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.chain.Booking;
import org.hourgate.chain.Books;
import org.hourgate.gate.ServiceRecords;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hourgate accounts}: what was sold and what was served. */
@Command(
    name = "accounts",
    description = {
      "Print what was bought, given away, refunded and served.",
      "Payments are read from the chain, as far as they are confirmed; the time served from"
          + " state-dir, where the gate writes it down. Neither needs a running gate."
    })
final class AccountsCommand implements Runnable {

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd['T'HH:mm[:ss][XXX]]");

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      required = true,
      description =
          "The beginning: 2026-11-01, 2026-11-01T18:40 or 2026-11-01T18:40:00Z. A day is its first"
              + " second; a time without Z or an offset is one of --zone.")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description =
          "The end, which does not belong to it: --from 2026-11-01 --to 2026-12-01 is November"
              + " (default: now).")
  private @Nullable String to;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "The time zone, such as Europe/Vienna or UTC (default: this machine's).")
  private @Nullable String zone;

  @ArgGroup(exclusive = true)
  private Format format = new Format();

  /** How to print. */
  private static final class Format {
    @Option(names = "--csv", description = "Print a line for each payment and each session.")
    private boolean csv;

    @Option(names = "--json", description = "Print all of it as one JSON object.")
    private boolean json;
  }

  @Override
  public void run() {
    ZoneId inZone = zone();
    Instant begin = moment("--from", from, inZone);
    Instant end = to == null ? Instant.now() : moment("--to", to, inZone);
    if (!begin.isBefore(end)) {
      throw new ParameterException(spec.commandLine(), "--to must be later than --from");
    }
    HourgateConfig settings = config.load();
    Accounts accounts =
        new Accounts(
            begin, end, inZone, bookings(settings, begin, end), served(settings, begin, end));
    PrintWriter out = spec.commandLine().getOut();
    if (format.json) {
      out.println(accounts.json());
    } else if (format.csv) {
      accounts.csv().forEach(line -> out.print(line + "\r\n")); // RFC 4180
    } else {
      accounts.text().forEach(out::println);
    }
    out.flush();
    if (accounts.served().damaged() > 0) {
      spec.commandLine()
          .getErr()
          .println(
              "hourgate: %s in %s can't be read and were left out"
                  .formatted(
                      Texts.count(accounts.served().damaged(), "line"),
                      GateAssembly.accounts(settings)));
    }
  }

  private static List<Booking> bookings(HourgateConfig settings, Instant from, Instant to) {
    try (Books books = Books.open(GateAssembly.chainConfig(settings.chain()))) {
      return books.read(from, to);
    }
  }

  private static ServiceRecords.Content served(HourgateConfig settings, Instant from, Instant to) {
    try {
      return ServiceRecords.read(GateAssembly.accounts(settings), from, to);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.CONFIGURATION,
          "%s can't be read: %s".formatted(GateAssembly.accounts(settings), e.getMessage()));
    }
  }

  private ZoneId zone() {
    try {
      return zone == null ? ZoneId.systemDefault() : ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new ParameterException(spec.commandLine(), "--zone: there is no time zone " + zone);
    }
  }

  private Instant moment(String option, String text, ZoneId inZone) {
    try {
      TemporalAccessor parsed =
          MOMENT.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      return switch (parsed) {
        case OffsetDateTime exact -> exact.toInstant();
        case LocalDateTime local -> local.atZone(inZone).toInstant();
        case LocalDate day -> day.atStartOfDay(inZone).toInstant();
        default -> throw new IllegalStateException("no such moment: " + parsed);
      };
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(),
          "%s: write 2026-11-01, 2026-11-01T18:40 or 2026-11-01T18:40:00Z, not %s"
              .formatted(option, text));
    }
  }
}

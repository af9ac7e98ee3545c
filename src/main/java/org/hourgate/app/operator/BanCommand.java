package org.hourgate.app.operator;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.hourgate.app.cli.ConfigOption;
import org.hourgate.credential.WalletAddress;
import org.hourgate.operator.AdminRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code hourgate ban}: keeps a wallet out. */
@Command(
    name = "ban",
    description = {
      "Keep a wallet out until a time, and end its sessions now.",
      "The customer reads until when, and why. Paid time goes on running. A second ban takes the"
          + " place of the first. Bans outlive restarts."
    })
public final class BanCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ConfigOption config;

  @Parameters(paramLabel = "WALLET", description = "Whom to keep out.")
  private WalletAddress wallet;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why: shown to the customer and written to the log.")
  private String reason;

  @ArgGroup(multiplicity = "1")
  private Term term;

  /** One of the three. */
  static final class Term {
    @Option(
        names = "--for",
        paramLabel = "DURATION",
        required = true,
        description = "How long: 30m, 12h, 7d.")
    private @Nullable Duration time;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        required = true,
        converter = EndConverter.class,
        description =
            "Until when, in this machine's time zone unless it says another: 2026-12-24,"
                + " 2026-12-24T18:00, 2026-12-24T18:00Z; or forever.")
    private @Nullable End until;

    @Option(names = "--forever", required = true, description = "Until 'hourgate unban'.")
    private boolean forever;

    private AdminRequest addTo(AdminRequest ban) {
      if (time != null) {
        return ban.banFor(time);
      }
      if (forever || until == null || until.time().isEmpty()) {
        return ban.banForever();
      }
      return ban.banUntil(until.time().get());
    }
  }

  /** A point in time, or none. */
  record End(Optional<Instant> time) {}

  /** As people write it. */
  static final class EndConverter implements ITypeConverter<End> {
    @Override
    public End convert(String text) {
      if (text.equals("forever")) {
        return new End(Optional.empty());
      }
      try {
        ZoneId here = ZoneId.systemDefault();
        if (!text.contains("T")) {
          return new End(Optional.of(LocalDate.parse(text).atStartOfDay(here).toInstant()));
        }
        TemporalAccessor parsed =
            DateTimeFormatter.ISO_DATE_TIME.parseBest(
                text, ZonedDateTime::from, OffsetDateTime::from, LocalDateTime::from);
        return new End(
            Optional.of(
                parsed instanceof LocalDateTime local
                    ? local.atZone(here).toInstant()
                    : Instant.from(parsed)));
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "must be a time such as 2026-12-24 or 2026-12-24T18:00Z, not \"" + text + "\"");
      }
    }
  }

  @Override
  public Integer call() {
    AdminRequest ban = AdminRequest.ban(wallet.checksummed(), reason);
    return new EndedSessions(spec.commandLine())
        .report(RunningGate.of(config.load()).ask(term.addTo(ban)), wallet.checksummed());
  }
}

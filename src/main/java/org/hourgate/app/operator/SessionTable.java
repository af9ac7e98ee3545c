package org.hourgate.app.operator;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.hourgate.app.cli.Table;
import org.hourgate.operator.AdminReply.SessionLine;

/** Sessions as rows, with as much of each as there is room for. */
final class SessionTable {

  private static final ZoneId ZONE = ZoneId.systemDefault();
  private static final DateTimeFormatter LONG = format("yyyy-MM-dd HH:mm:ss");
  private static final DateTimeFormatter OF_TODAY = format("HH:mm:ss");
  private static final DateTimeFormatter OF_ANOTHER_DAY = format("MM-dd HH:mm");

  /** Those that end first come first; whose end is not known yet come last. */
  static final Comparator<SessionLine> SOONEST_END =
      Comparator.comparing((SessionLine s) -> Optional.ofNullable(s.until()).orElse(Long.MAX_VALUE))
          .thenComparing(SessionLine::instance)
          .thenComparingLong(SessionLine::cid);

  private enum Column {
    SESSION,
    WALLET,
    FROM,
    TUNNEL,
    SINCE,
    UNTIL,
    LEFT,
    IN,
    OUT,
    BY,
    STATE
  }

  /** From all that is known to what nobody can do without. */
  private static final List<Layout> LAYOUTS =
      List.of(
          new Layout(false, EnumSet.noneOf(Column.class)),
          new Layout(true, EnumSet.noneOf(Column.class)),
          new Layout(true, EnumSet.of(Column.SINCE)),
          new Layout(true, EnumSet.of(Column.SINCE, Column.BY)),
          new Layout(true, EnumSet.of(Column.SINCE, Column.BY, Column.UNTIL)),
          new Layout(true, EnumSet.of(Column.SINCE, Column.BY, Column.UNTIL, Column.FROM)),
          new Layout(
              true, EnumSet.of(Column.SINCE, Column.BY, Column.UNTIL, Column.FROM, Column.TUNNEL)),
          new Layout(
              true, EnumSet.complementOf(EnumSet.of(Column.SESSION, Column.WALLET, Column.LEFT))));

  /**
   * One way to show a session.
   *
   * @param terse wallets and times are shortened
   */
  private record Layout(boolean terse, Set<Column> without) {}

  private SessionTable() {}

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZONE);
  }

  /**
   * The heading and a line for each.
   *
   * @param width how long a line may be; empty for as long as it takes
   */
  static List<String> lines(List<SessionLine> sessions, Instant now, OptionalInt width) {
    List<String> lines = List.of();
    for (Layout layout : LAYOUTS) {
      lines = lines(sessions, now, layout);
      if (width.isEmpty() || lines.stream().allMatch(l -> l.length() <= width.getAsInt())) {
        return lines;
      }
    }
    return lines;
  }

  private static List<String> lines(List<SessionLine> sessions, Instant now, Layout layout) {
    List<Column> columns =
        EnumSet.allOf(Column.class).stream().filter(c -> !layout.without().contains(c)).toList();
    List<List<String>> rows = new ArrayList<>();
    rows.add(columns.stream().map(Column::name).toList());
    for (SessionLine session : sessions) {
      rows.add(columns.stream().map(c -> cell(c, session, now, layout.terse())).toList());
    }
    return Table.align(rows);
  }

  private static String cell(Column column, SessionLine session, Instant now, boolean terse) {
    return switch (column) {
      case SESSION -> session.id();
      case WALLET -> terse ? shortened(session.wallet()) : session.wallet();
      case FROM -> session.realAddress();
      case TUNNEL -> terse ? session.tunnelAddress() : session.tunnelAddresses();
      case SINCE -> time(session.since(), now, terse);
      case UNTIL -> session.until() == null ? "unknown" : time(session.until(), now, terse);
      case LEFT -> session.until() == null ? "" : left(session.until(), now);
      case IN -> bytes(session.bytesIn());
      case OUT -> bytes(session.bytesOut());
      case BY -> session.kind();
      case STATE -> session.state();
    };
  }

  /** {@code 0x7099…79C8}. */
  static String shortened(String wallet) {
    return wallet.substring(0, 6) + "…" + wallet.substring(wallet.length() - 4);
  }

  private static String time(long second, Instant now, boolean terse) {
    Instant time = Instant.ofEpochSecond(second);
    boolean today = LocalDate.ofInstant(time, ZONE).equals(LocalDate.ofInstant(now, ZONE));
    return !terse ? LONG.format(time) : today ? OF_TODAY.format(time) : OF_ANOTHER_DAY.format(time);
  }

  private static String left(long until, Instant now) {
    return duration(Duration.between(now, Instant.ofEpochSecond(until)));
  }

  /** {@code 29d23h}, {@code 1h4m}, {@code 4m9s}, {@code 9s}. */
  static String duration(Duration duration) {
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

  static String bytes(long count) {
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

package org.hourgate.app;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hourgate.app.cli.Table;
import org.hourgate.app.cli.Texts;
import org.hourgate.chain.Booking;
import org.hourgate.chain.Currency;
import org.hourgate.gate.ServiceRecords;
import org.hourgate.gate.ServiceRecords.Service;
import org.hourgate.infrastructure.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What was sold and served in some time, for people, for tables and for programs.
 *
 * @param to not included
 * @param zone in which times are written
 */
record Accounts(
    Instant from, Instant to, ZoneId zone, List<Booking> bookings, ServiceRecords.Content served) {

  private static final List<String> COLUMNS =
      List.of(
          "kind",
          "time",
          "unix",
          "account",
          "payer_or_payee",
          "product",
          "currency",
          "token",
          "amount",
          "seconds",
          "paid_until",
          "contract",
          "block",
          "transaction",
          "instance",
          "tunnel",
          "bytes_in",
          "bytes_out",
          "reason");
  private static final String NOTHING = "";

  Accounts {
    bookings = List.copyOf(bookings);
  }

  /** What is added up: things of one kind, for one product, in one currency. */
  private record Heading(Booking.Kind kind, String contract, long product, String currency) {}

  private static final class Sum {
    private final Booking first;
    private BigInteger amount = BigInteger.ZERO;
    private Duration duration = Duration.ZERO;
    private int count;

    Sum(Booking first) {
      this.first = first;
    }

    void add(Booking booking) {
      amount = amount.add(booking.amount());
      duration = duration.plus(booking.duration());
      count++;
    }
  }

  private List<Sum> sums() {
    Map<Heading, Sum> sums =
        new TreeMap<>(
            Comparator.comparing(Heading::kind)
                .thenComparing(Heading::contract)
                .thenComparingLong(Heading::product)
                .thenComparing(Heading::currency));
    for (Booking booking : bookings) {
      Heading heading =
          new Heading(
              booking.kind(),
              booking.contract().lowerCase(),
              booking.product().orElse(-1),
              token(booking.currency()));
      sums.computeIfAbsent(heading, _ -> new Sum(booking)).add(booking);
    }
    return List.copyOf(sums.values());
  }

  /** What came in less what was credited, by currency. */
  private Map<Currency, BigInteger> earnings() {
    Map<Currency, BigInteger> earnings = new LinkedHashMap<>();
    for (Sum sum : sums()) {
      BigInteger signed =
          switch (sum.first.kind()) {
            case PURCHASE -> sum.amount;
            case GRANT -> BigInteger.ZERO;
            case REFUND -> sum.amount.negate();
          };
      if (sum.first.kind() != Booking.Kind.GRANT) {
        earnings.merge(sum.first.currency(), signed, BigInteger::add);
      }
    }
    return earnings;
  }

  private Duration timeServed() {
    return served.services().stream()
        .map(service -> service.within(from, to))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private long wallets() {
    return served.services().stream().map(Service::wallet).distinct().count();
  }

  private String time(Instant time) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atZone(zone));
  }

  private static String name(Booking.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String token(Currency currency) {
    return currency.token().map(token -> token.checksummed()).orElse(NOTHING);
  }

  private static String product(Booking booking) {
    return booking.product().isPresent() ? Long.toString(booking.product().getAsLong()) : NOTHING;
  }

  /** Products are numbered by their contract: where there are several it stands beside them. */
  private static List<String> row(String what, boolean several, String contract, String... rest) {
    List<String> cells = new ArrayList<>(List.of(what));
    if (several) {
      cells.add(contract);
    }
    cells.addAll(List.of(rest));
    return cells;
  }

  /** For people. */
  List<String> text() {
    List<String> lines = new ArrayList<>();
    lines.add("From %s to %s (%s)".formatted(time(from), time(to), zone));
    lines.add(NOTHING);
    List<List<String>> rows = new ArrayList<>();
    boolean several = bookings.stream().map(Booking::contract).distinct().count() > 1;
    rows.add(row("WHAT", several, "CONTRACT", "PRODUCT", "COUNT", "AMOUNT", "TIME SOLD"));
    for (Sum sum : sums()) {
      boolean money = sum.first.kind() != Booking.Kind.GRANT;
      rows.add(
          row(
              name(sum.first.kind()),
              several,
              sum.first.contract().checksummed(),
              product(sum.first),
              Integer.toString(sum.count),
              money ? sum.first.currency().format(sum.amount) : NOTHING,
              sum.duration.isZero() ? NOTHING : Texts.duration(sum.duration)));
    }
    if (rows.size() == 1) {
      lines.add("Nothing was bought, given away or refunded.");
    } else {
      lines.addAll(Table.align(rows));
      lines.add(NOTHING);
      earnings().forEach((currency, amount) -> lines.add("Earned " + currency.format(amount)));
    }
    lines.add(
        "Served %s to %s in %s"
            .formatted(
                Texts.duration(timeServed()),
                Texts.count(wallets(), "wallet"),
                Texts.count(served.services().size(), "session")));
    return lines;
  }

  /** A line for each payment and each session, for a spreadsheet (RFC 4180). */
  List<String> csv() {
    List<String> lines = new ArrayList<>();
    lines.add(String.join(",", COLUMNS));
    Stream.concat(bookings.stream().map(this::row), served.services().stream().map(this::row))
        .map(Accounts::line)
        .forEach(lines::add);
    return lines;
  }

  private List<String> row(Booking booking) {
    boolean money = booking.kind() != Booking.Kind.GRANT;
    boolean bought = booking.kind() == Booking.Kind.PURCHASE;
    return List.of(
        name(booking.kind()),
        time(booking.time()),
        Long.toString(booking.time().getEpochSecond()),
        booking.account().checksummed(),
        booking.other().map(other -> other.checksummed()).orElse(NOTHING),
        product(booking),
        money ? booking.currency().symbol() : NOTHING,
        token(booking.currency()),
        money ? booking.currency().number(booking.amount()) : NOTHING,
        bought ? Long.toString(booking.duration().toSeconds()) : NOTHING,
        Long.toString(booking.paidUntil().getEpochSecond()),
        booking.contract().checksummed(),
        Long.toString(booking.block()),
        booking.transaction(),
        NOTHING,
        NOTHING,
        NOTHING,
        NOTHING,
        NOTHING);
  }

  private List<String> row(Service service) {
    return List.of(
        "served",
        time(service.since()),
        Long.toString(service.since().getEpochSecond()),
        service.wallet().checksummed(),
        NOTHING,
        NOTHING,
        NOTHING,
        NOTHING,
        NOTHING,
        Long.toString(service.within(from, to).toSeconds()),
        NOTHING,
        NOTHING,
        NOTHING,
        NOTHING,
        service.instance(),
        service.tunnelAddress(),
        Long.toString(service.bytesIn()),
        Long.toString(service.bytesOut()),
        service.reason());
  }

  /**
   * A spreadsheet takes what begins with one of these for a formula, and a token chooses its name.
   */
  private static String line(List<String> cells) {
    return String.join(
        ",",
        cells.stream()
            .map(cell -> cell.matches("[=+@-].*") ? "'" + cell : cell)
            .map(
                cell ->
                    cell.matches(".*[\",\\s].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
            .toList());
  }

  /** For programs. Times are unix seconds; amounts are decimal texts, whole and not rounded. */
  String json() {
    return Json.writePretty(
        new Whole(
            from.getEpochSecond(),
            to.getEpochSecond(),
            earnings().entrySet().stream()
                .map(
                    e ->
                        new Earned(
                            e.getKey().symbol(),
                            tokenOrNull(e.getKey()),
                            e.getKey().number(e.getValue())))
                .toList(),
            sums().stream().map(Accounts::total).toList(),
            bookings.stream().map(Accounts::entry).toList(),
            timeServed().toSeconds(),
            served.services().stream().map(this::session).toList()));
  }

  private static @Nullable String tokenOrNull(Currency currency) {
    return currency.token().map(token -> token.checksummed()).orElse(null);
  }

  private static @Nullable Long productOrNull(Booking booking) {
    return booking.product().isPresent() ? booking.product().getAsLong() : null;
  }

  private static Total total(Sum sum) {
    Booking first = sum.first;
    return new Total(
        name(first.kind()),
        first.contract().checksummed(),
        productOrNull(first),
        first.currency().symbol(),
        tokenOrNull(first.currency()),
        sum.count,
        first.currency().number(sum.amount),
        sum.duration.toSeconds());
  }

  private static Entry entry(Booking booking) {
    return new Entry(
        name(booking.kind()),
        booking.time().getEpochSecond(),
        booking.account().checksummed(),
        booking.other().map(other -> other.checksummed()).orElse(null),
        productOrNull(booking),
        booking.currency().symbol(),
        tokenOrNull(booking.currency()),
        booking.currency().number(booking.amount()),
        booking.duration().toSeconds(),
        booking.paidUntil().getEpochSecond(),
        booking.contract().checksummed(),
        booking.block(),
        booking.transaction());
  }

  private Session session(Service service) {
    return new Session(
        service.wallet().checksummed(),
        service.instance(),
        service.tunnelAddress(),
        service.since().getEpochSecond(),
        service.end().getEpochSecond(),
        service.within(from, to).toSeconds(),
        service.bytesIn(),
        service.bytesOut(),
        service.reason());
  }

  private record Whole(
      long from,
      long to,
      List<Earned> earned,
      List<Total> totals,
      List<Entry> entries,
      long secondsServed,
      List<Session> sessions) {}

  private record Earned(String currency, @Nullable String token, String amount) {}

  private record Total(
      String kind,
      String contract,
      @Nullable Long product,
      String currency,
      @Nullable String token,
      int count,
      String amount,
      long secondsSold) {}

  private record Entry(
      String kind,
      long time,
      String account,
      @Nullable String payerOrPayee,
      @Nullable Long product,
      String currency,
      @Nullable String token,
      String amount,
      long secondsSold,
      long paidUntil,
      String contract,
      long block,
      String transaction) {}

  private record Session(
      String account,
      String instance,
      String tunnel,
      long since,
      long end,
      long seconds,
      long bytesIn,
      long bytesOut,
      String reason) {}
}

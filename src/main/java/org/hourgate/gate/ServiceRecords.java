package org.hourgate.gate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.hourgate.credential.InvalidWalletAddressException;
import org.hourgate.credential.WalletAddress;
import org.hourgate.infrastructure.files.CheckedLines;
import org.hourgate.infrastructure.files.DurableFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down who was served when: a line when a session is over, when the gate ends, and once an
 * hour while the session lasts, so that a crash loses an hour at most. Each line tells the whole
 * session so far; the last one of a session counts. A file for each month (UTC), in which lines are
 * only ever added. Nothing is decided by them.
 *
 * <p>Told by the gate's thread; the disk is the writer's, and the caller's in {@link #close} and
 * {@link #read}.
 */
public final class ServiceRecords implements AutoCloseable {

  /** The reason of a line about a session that went on. */
  static final String GOING_ON = "on";

  private static final Logger LOG = LoggerFactory.getLogger(ServiceRecords.class);
  private static final Duration EVERY = Duration.ofHours(1);
  private static final int FIELDS = 9;
  private static final String NOWHERE = "-";

  /** What waits beyond this is lost: the disk has been full for a long time then. */
  private static final int MAX_WAITING_CHARACTERS = 1 << 22;

  private final Path folder;
  private final Executor writer;
  private final Object disk = new Object();

  @GuardedBy("this")
  private final Map<YearMonth, StringBuilder> waiting = new LinkedHashMap<>();

  @GuardedBy("this")
  private boolean scheduled;

  /**
   * One session as far as it was written down.
   *
   * @param since when OpenVPN made the client's instance
   * @param end when it was over, or last seen
   * @param tunnelAddress empty if there was none
   * @param reason why it was over; {@code on} if it was not
   */
  public record Service(
      String instance,
      long cid,
      Instant since,
      Instant end,
      WalletAddress wallet,
      String tunnelAddress,
      long bytesIn,
      long bytesOut,
      String reason) {

    /** How much of it falls into a time, the end of that not included. */
    public Duration within(Instant from, Instant to) {
      Instant first = since.isAfter(from) ? since : from;
      Instant last = end.isBefore(to) ? end : to;
      return first.isBefore(last) ? Duration.between(first, last) : Duration.ZERO;
    }

    private String line() {
      return CheckedLines.line(
          String.join(
              " ",
              Long.toString(end.getEpochSecond()),
              Long.toString(since.getEpochSecond()),
              instance,
              Long.toString(cid),
              wallet.lowerCase(),
              tunnelAddress.isEmpty() ? NOWHERE : tunnelAddress,
              Long.toString(bytesIn),
              Long.toString(bytesOut),
              reason));
    }

    private static Service parse(String line) throws IOException {
      String[] fields = CheckedLines.fields(line, FIELDS);
      try {
        return new Service(
            fields[2],
            Long.parseLong(fields[3]),
            Instant.ofEpochSecond(Long.parseLong(fields[1])),
            Instant.ofEpochSecond(Long.parseLong(fields[0])),
            WalletAddress.parse(fields[4]),
            fields[5].equals(NOWHERE) ? "" : fields[5],
            Long.parseLong(fields[6]),
            Long.parseLong(fields[7]),
            fields[8]);
      } catch (NumberFormatException | DateTimeException | InvalidWalletAddressException e) {
        throw new IOException("a line is damaged", e);
      }
    }
  }

  /**
   * What the files say.
   *
   * @param services one for each session, in the order of their beginnings
   * @param damaged how many lines could not be read
   */
  public record Content(List<Service> services, int damaged) {
    public Content {
      services = List.copyOf(services);
    }
  }

  private record Id(String instance, long cid, Instant since, WalletAddress wallet) {}

  /**
   * Takes the folder, which is made with the first line.
   *
   * @param writer runs writes, one at a time
   */
  public ServiceRecords(Path folder, Executor writer) {
    this.folder = folder;
    this.writer = writer;
  }

  /** Returns the sessions that were served in this time, the end of it not included. Blocks. */
  public static Content read(Path folder, Instant from, Instant to) throws IOException {
    Map<Id, Service> sessions = new LinkedHashMap<>();
    int damaged = 0;
    for (Path file : files(folder, month(from))) {
      for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList()) {
        try {
          Service service = Service.parse(line);
          sessions.merge(
              new Id(service.instance(), service.cid(), service.since(), service.wallet()),
              service,
              (a, b) -> b.end().isBefore(a.end()) ? a : b);
        } catch (IOException e) {
          damaged += line.isEmpty() ? 0 : 1;
        }
      }
    }
    List<Service> within =
        sessions.values().stream()
            .filter(service -> !service.within(from, to).isZero())
            .sorted(Comparator.comparing(Service::since).thenComparing(Service::end))
            .toList();
    return new Content(within, damaged);
  }

  /** A session that was over before is in an earlier file. */
  private static List<Path> files(Path folder, YearMonth first) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.getFileName().toString().matches("\\d{4}-(0[1-9]|1[0-2])"))
          .filter(file -> !YearMonth.parse(file.getFileName().toString()).isBefore(first))
          .sorted()
          .toList();
    }
  }

  private static YearMonth month(Instant time) {
    return YearMonth.from(time.atOffset(ZoneOffset.UTC));
  }

  /** Has those written down that were not for an hour. */
  void keep(Collection<Session> sessions, Instant now) {
    for (Session session : sessions) {
      if (session.isDueForRecord(session.lastSeen(now), EVERY)) {
        write(session, session.lastSeen(now), GOING_ON);
      }
    }
  }

  /** Has all of them written down: we are ending, and they go on. */
  void keepAll(Collection<Session> sessions, Instant now) {
    sessions.stream()
        .filter(Session::hasBeenUp)
        .forEach(session -> write(session, session.lastSeen(now), GOING_ON));
  }

  void ended(Session session, Instant now, String reason) {
    write(session, now, reason);
  }

  private void write(Session session, Instant now, String reason) {
    session.recordedAt(now);
    Service service =
        new Service(
            session.key().instance().value(),
            session.key().client().value(),
            session.connectedSince(),
            now,
            session.wallet(),
            session.tunnelAddress(),
            session.bytesIn(),
            session.bytesOut(),
            reason);
    synchronized (this) {
      StringBuilder lines = waiting.computeIfAbsent(month(now), _ -> new StringBuilder());
      if (lines.length() < MAX_WAITING_CHARACTERS) {
        lines.append(service.line());
      }
      if (!scheduled) {
        scheduled = true;
        writer.execute(this::drain);
      }
    }
  }

  private void drain() {
    synchronized (disk) {
      Map<YearMonth, String> lines = new LinkedHashMap<>();
      synchronized (this) {
        waiting.forEach((month, text) -> lines.put(month, text.toString()));
        waiting.clear();
        scheduled = false;
      }
      lines.forEach(this::append);
    }
  }

  private void append(YearMonth month, String lines) {
    Path file = folder.resolve(month.toString());
    try {
      if (Files.notExists(file)) {
        Files.createDirectories(folder);
        DurableFile.replace(file, lines);
      } else {
        // A line that a power cut left unfinished stays a line of its own.
        DurableFile.append(file, endsInTheMiddle(file) ? "\n" + lines : lines);
      }
    } catch (IOException e) {
      LOG.error("accounts unwritable, served time is lost from the books: {}", e.toString());
      retryWithTheNext(month, lines);
    }
  }

  private synchronized void retryWithTheNext(YearMonth month, String lines) {
    waiting.computeIfAbsent(month, _ -> new StringBuilder()).insert(0, lines);
  }

  private static boolean endsInTheMiddle(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return channel.size() > 0
          && channel.read(last, channel.size() - 1) == 1
          && last.get(0) != '\n';
    }
  }

  /** Writes what still waits, on the caller: for an orderly end. */
  @Override
  public void close() {
    drain();
  }
}

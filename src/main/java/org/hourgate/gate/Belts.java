package org.hourgate.gate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.hourgate.credential.DeviceId;
import org.hourgate.management.ClientId;
import org.hourgate.session.InstanceName;
import org.hourgate.session.StatusTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers over a restart of ours what OpenVPN tells nobody of a session: when it will end it
 * itself ({@code session-timeout}), and what the session goes back to, without which one profile
 * alone could not be revoked. The file holds what is live and is written whole; without it nothing
 * is unsafe (docs/decisions/0002-belts-after-a-restart.md).
 *
 * <p>Touched by the gate's thread alone; the disk by the writer, and by the caller in {@link #open}
 * and {@link #close}.
 */
public final class Belts implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Belts.class);
  private static final String MAGIC = "hourgate-belts-2\n";

  /** A file of belts alone, by an earlier version. */
  private static final String FORMER_MAGIC = "hourgate-belts-1\n";

  private static final int FORMER_FIELDS = 6;
  private static final int FIELDS = 10;
  private static final String NONE = "-";

  /** A client comes before its verdict; for as long as somebody may take to sign on the page. */
  private static final Duration LONGEST_LOGIN = GateConfig.LONGEST_WEB_SIGN_IN.plusMinutes(2);

  private static final Duration ROUNDING = Duration.ofSeconds(2);

  private final Path path;
  private final Executor writer;
  private final Map<Client, Kept> found;
  private final AtomicReference<@Nullable String> waiting = new AtomicReference<>();
  private final Object disk = new Object();

  /**
   * Of what was kept last. Two that are the same by chance leave the file as it was until the next
   * change; telling by the text itself would make megabytes of it each second.
   */
  private long newest;

  private record Client(String instance, long pid, ClientId client) {}

  /**
   * What is known of a session.
   *
   * @param end when OpenVPN ends it
   */
  record Kept(
      String username, Instant admitted, Optional<Instant> end, Optional<Descent> descent) {}

  private static String line(Client client, Kept kept) {
    return String.join(
            "\t",
            client.instance(),
            Long.toString(client.pid()),
            client.client().toString(),
            kept.username(),
            seconds(kept.admitted()),
            kept.end().map(Belts::seconds).orElse(NONE),
            kept.descent().map(d -> d.kind().name()).orElse(NONE),
            kept.descent().map(d -> seconds(d.issuedAt())).orElse(NONE),
            kept.descent().map(d -> seconds(d.expires())).orElse(NONE),
            kept.descent().map(d -> d.device().hex()).orElse(NONE))
        + "\n";
  }

  private static String seconds(Instant time) {
    return Long.toString(time.getEpochSecond());
  }

  private Belts(Path path, Executor writer, Map<Client, Kept> found) {
    this.path = path;
    this.writer = writer;
    this.found = found;
  }

  /**
   * Reads what the last gate left.
   *
   * @param writer runs later writes, one at a time
   */
  public static Belts open(Path path, Executor writer) {
    Map<Client, Kept> found = new HashMap<>();
    try {
      String content = Files.readString(path, StandardCharsets.UTF_8);
      if (content.startsWith(MAGIC) || content.startsWith(FORMER_MAGIC)) {
        content.lines().skip(1).forEach(line -> read(line, found));
      } else {
        LOG.warn("{} is not a file of belts and will be replaced", path);
      }
    } catch (NoSuchFileException e) {
      // The first start, or nobody had a belt.
    } catch (IOException e) {
      LOG.warn("belts unreadable: {}", e.toString());
    }
    return new Belts(path, writer, found);
  }

  private static void read(String line, Map<Client, Kept> found) {
    String[] fields = line.split("\t", -1);
    try {
      if (fields.length == FIELDS || fields.length == FORMER_FIELDS) {
        found.put(
            new Client(
                fields[0], Long.parseLong(fields[1]), new ClientId(Long.parseLong(fields[2]))),
            new Kept(
                fields[3],
                time(fields[4]),
                fields[5].equals(NONE) ? Optional.empty() : Optional.of(time(fields[5])),
                fields.length == FORMER_FIELDS || fields[6].equals(NONE)
                    ? Optional.empty()
                    : Optional.of(
                        new Descent(
                            SessionView.Kind.valueOf(fields[6]),
                            time(fields[7]),
                            time(fields[8]),
                            new DeviceId(fields[9]),
                            Optional.empty())))); // A login is spent: its session is live.
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      // Of a session of which nothing is known then, which is no harm.
    }
  }

  private static Instant time(String seconds) {
    return Instant.ofEpochSecond(Long.parseLong(seconds));
  }

  /** Returns what an earlier gate knew of a client that it admitted. */
  Optional<Kept> of(InstanceName instance, Optional<Long> pid, StatusTable.Row row) {
    return pid.map(id -> found.get(new Client(instance.value(), id, row.client())))
        .filter(kept -> kept.username().equals(row.username()))
        .filter(kept -> isSameLogin(row.connectedSince(), kept.admitted()));
  }

  /** CIDs begin anew with every soft restart of a process. */
  private static boolean isSameLogin(Instant connected, Instant admitted) {
    return !connected.isAfter(admitted.plus(ROUNDING))
        && connected.isAfter(admitted.minus(LONGEST_LOGIN));
  }

  /** The sessions of this instance are known: from here on they are what counts. */
  void learned(InstanceName instance) {
    found.keySet().removeIf(client -> client.instance().equals(instance.value()));
  }

  /** Has what is known of these sessions written, if anything has changed. */
  void keep(Collection<Session> sessions, Function<InstanceName, Optional<Long>> pids) {
    long fingerprint = fingerprint(sessions, pids);
    if (newest == fingerprint) {
      return;
    }
    newest = fingerprint;
    StringBuilder content = new StringBuilder(MAGIC);
    found.forEach((client, kept) -> content.append(line(client, kept)));
    for (Session session : sessions) {
      Optional<Long> pid = pids.apply(session.key().instance());
      if (pid.isPresent()) {
        content.append(
            line(
                new Client(session.key().instance().value(), pid.get(), session.key().client()),
                new Kept(
                    session.username(), session.since(), session.beltEnd(), session.descent())));
      }
    }
    if (waiting.getAndSet(content.toString()) == null) {
      writer.execute(this::drain);
    }
  }

  private long fingerprint(
      Collection<Session> sessions, Function<InstanceName, Optional<Long>> pids) {
    long mixed = mix(1, found.hashCode());
    for (Session session : sessions) {
      Optional<Long> pid = pids.apply(session.key().instance());
      if (pid.isPresent()) {
        mixed = mix(mixed, pid.get());
        mixed = mix(mixed, session.key().hashCode());
        mixed = mix(mixed, session.username().hashCode());
        mixed = mix(mixed, session.since().hashCode());
        mixed = mix(mixed, session.beltEnd().hashCode());
        mixed = mix(mixed, session.descent().hashCode());
      }
    }
    return mixed;
  }

  private static long mix(long mixed, long more) {
    return (mixed ^ more) * 0x9E37_79B9_7F4A_7C15L + 1;
  }

  /** Writes what still waits, on the caller: for an orderly end. */
  @Override
  public void close() {
    drain();
  }

  private void drain() {
    synchronized (disk) {
      String content = waiting.getAndSet(null);
      if (content != null) {
        try {
          write(content);
        } catch (IOException e) {
          LOG.error("belts unwritable, sessions may end late in their belts: {}", e.toString());
        }
      }
    }
  }

  private void write(String content) throws IOException {
    Path draft = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(draft);
    try (FileChannel channel =
        FileChannel.open(
            draft,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
  }
}

package org.hourgate.chaos;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** A file of facts, one JSON object in a line, and the clock they go by. Safe for any thread. */
final class Chronicle implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int DIGEST_BYTES = 8;

  private final BufferedWriter out;
  private final long wallAtBegin = Instant.now().toEpochMilli();
  private final long begin = System.nanoTime();
  private boolean closed;

  Chronicle(Path file) throws IOException {
    out = Files.newBufferedWriter(file);
  }

  /** Milliseconds of a monotonic clock that began as the wall clock. */
  long now() {
    return wallAtBegin + (System.nanoTime() - begin) / 1_000_000;
  }

  /** What comes after the end is not written. */
  synchronized void add(Fact fact) {
    if (closed) {
      return;
    }
    try {
      out.write(JSON.writeValueAsString(fact));
      out.newLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    out.close();
  }

  /** Returns what a file says, in the order of time. */
  static List<Fact> read(Path file) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines
          .map(line -> JSON.readValue(line, Fact.class))
          .sorted(Comparator.comparingLong(Fact::at))
          .toList();
    }
  }

  /** What stands for a password in a history. */
  static String digest(String password) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

package org.hourgate.faults;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** A file of what happened, one JSON object in a line. Safe for any thread. */
final class History implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final BufferedWriter out;
  private boolean closed;

  History(Path file) throws IOException {
    out = Files.newBufferedWriter(file);
  }

  /** What comes after the end is not written. */
  synchronized void add(Event event) {
    if (closed) {
      return;
    }
    try {
      out.write(JSON.writeValueAsString(event));
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
  static List<Event> read(Path file) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines
          .map(line -> JSON.readValue(line, Event.class))
          .sorted(Comparator.comparingLong(Event::at))
          .toList();
    }
  }
}

package org.hourgate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * The wall clock of processes, set by a test as by an operator or a time service; their monotonic
 * clock goes on as ever (libfaketime). They see a change within two seconds. Safe for any thread.
 */
public final class SetClock implements AutoCloseable {

  private final Path folder;
  private final Path file;

  /** A clock that is right. */
  public SetClock() {
    try {
      folder = Files.createTempDirectory("hourgate-clock-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    file = folder.resolve("offset");
    right();
  }

  /** Returns what stands before the command of a process that goes by this clock. */
  public List<String> command() {
    return List.of(
        "env",
        "LD_PRELOAD=" + library(),
        "LC_NUMERIC=C", // The file has a point.
        "FAKETIME_TIMESTAMP_FILE=" + file,
        "FAKETIME_CACHE_DURATION=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
        // Else all waits with a limit end at once (pthread_cond_timedwait by CLOCK_MONOTONIC).
        "FAKETIME_FORCE_MONOTONIC_FIX=0");
  }

  private static Path library() {
    try (DirectoryStream<Path> machines = Files.newDirectoryStream(Path.of("/usr/lib"), "*-*")) {
      for (Iterator<Path> each = machines.iterator(); each.hasNext(); ) {
        Path library = each.next().resolve("faketime").resolve("libfaketimeMT.so.1");
        if (Files.exists(library)) {
          return library;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("libfaketime is missing: scripts/setup.sh --tests");
  }

  /** It jumps to so much ahead of the right time, or back if that is negative. */
  public void wrongBy(Duration offset) {
    String seconds = String.format(Locale.ROOT, "%+.3f", offset.toMillis() / 1_000.0);
    try {
      Path next = Files.writeString(folder.resolve("next"), seconds);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It jumps to where it belongs. */
  public void right() {
    wrongBy(Duration.ZERO);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

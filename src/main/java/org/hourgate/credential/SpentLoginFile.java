package org.hourgate.credential;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.hourgate.infrastructure.files.DurableFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of spent logins on its disk, for its owner alone. Writes wait together and reach the
 * disk in order and in one go, however many came meanwhile. When a write fails the file is removed,
 * so that a later start does not trust it, and a whole rewrite is asked for. Safe for any thread.
 */
final class SpentLoginFile {
  private static final Logger LOG = LoggerFactory.getLogger(SpentLoginFile.class);

  /** What waits beyond this is dropped in favour of a rewrite. */
  private static final int MAX_WAITING_CHARACTERS = 1 << 20;

  private final Path path;
  private final Executor writer;
  private final Object disk = new Object();

  @GuardedBy("this")
  private final StringBuilder appended = new StringBuilder();

  @GuardedBy("this")
  private @Nullable String replacement;

  @GuardedBy("this")
  private boolean scheduled;

  @GuardedBy("this")
  private boolean wantsRewrite;

  SpentLoginFile(Path path, Executor writer) {
    this.path = path;
    this.writer = writer;
  }

  SpentLoginRecords read() throws IOException {
    return SpentLoginRecords.parse(Files.readString(path, StandardCharsets.ISO_8859_1));
  }

  synchronized void append(String line) {
    if (appended.length() > MAX_WAITING_CHARACTERS) {
      wantsRewrite = true;
      return;
    }
    appended.append(line);
    schedule();
  }

  synchronized void replace(String content) {
    appended.setLength(0);
    replacement = content;
    wantsRewrite = false;
    schedule();
  }

  /** True if appending is no use: the owner should {@link #replace} the whole content. */
  synchronized boolean wantsRewrite() {
    return wantsRewrite;
  }

  synchronized void requestRewrite() {
    wantsRewrite = true;
  }

  @GuardedBy("this")
  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      writer.execute(this::drain);
    }
  }

  /** Writes this and nothing else, on the caller, before anything was appended. */
  void write(String content) throws IOException {
    DurableFile.replace(path, content);
  }

  /** Writes all that waits, on the caller. */
  void drain() {
    synchronized (disk) {
      String whole;
      String lines;
      synchronized (this) {
        whole = replacement;
        lines = appended.toString();
        replacement = null;
        appended.setLength(0);
        scheduled = false;
      }
      try {
        if (whole != null) {
          DurableFile.replace(path, whole + lines);
        } else if (!lines.isEmpty()) {
          DurableFile.append(path, lines);
        }
      } catch (IOException e) {
        LOG.error("spent_logins unwritable, a restart now would refuse all earlier logins", e);
        distrust();
      }
    }
  }

  private void distrust() {
    requestRewrite();
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.error("spent_logins can't be removed either: {}", e.toString());
    }
  }
}

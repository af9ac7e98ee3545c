package org.hourgate.credential;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.Executor;
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
          write(whole + lines);
        } else if (!lines.isEmpty()) {
          try (FileChannel channel =
              FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            writeFully(channel, lines);
          }
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

  /** Replaces the file in one step: at every moment either the old or the new content is there. */
  void write(String content) throws IOException {
    Path draft = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(draft);
    try (FileChannel channel =
        FileChannel.open(
            draft,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      writeFully(channel, content);
    }
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder =
        FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  private static void writeFully(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }
}

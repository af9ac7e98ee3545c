package org.hourgate.infrastructure.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file of lines that is written whole at each change. The first line says what it is and
 * how many follow, so that a file which can't be trusted to the last byte is found out. Safe for
 * any thread.
 */
public final class CheckedFile {

  private static final Logger LOG = LoggerFactory.getLogger(CheckedFile.class);

  private final Path path;
  private final String magic;
  private final Executor writer;
  private volatile boolean behind;

  /**
   * Names a file; nothing is read or written.
   *
   * @param magic the first word, which tells it from other files
   * @param writer runs writes, one at a time
   */
  public CheckedFile(Path path, String magic, Executor writer) {
    this.path = path;
    this.magic = magic;
    this.writer = writer;
  }

  public Path path() {
    return path;
  }

  /**
   * Reads every line but the first, each with its checksum still behind it: see {@link
   * CheckedLines#fields}. A file that is not there has none. Blocks.
   *
   * @throws IOException if there is a doubt about any
   */
  public List<String> read() throws IOException {
    String content;
    try {
      content = Files.readString(path, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    List<String> lines = CheckedLines.split(content);
    String[] head = CheckedLines.fields(lines.getFirst(), 2);
    if (!head[0].equals(magic)) {
      throw new IOException("the first line is unknown");
    }
    if (!head[1].equals(Integer.toString(lines.size() - 1))) {
      throw new IOException("it had " + head[1] + " lines and has " + (lines.size() - 1));
    }
    return lines.subList(1, lines.size());
  }

  /**
   * Writes these lines, without checksums, in place of all before.
   *
   * @return whether that was done; never completes exceptionally
   */
  public CompletionStage<Boolean> replace(List<String> lines) {
    StringBuilder content = new StringBuilder(CheckedLines.line(magic + " " + lines.size()));
    lines.forEach(line -> content.append(CheckedLines.line(line)));
    try {
      return CompletableFuture.supplyAsync(() -> write(content.toString()), writer);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(false); // We are ending.
    }
  }

  /** Whether the last write failed: it should be tried again. */
  public boolean isBehind() {
    return behind;
  }

  private boolean write(String content) {
    try {
      DurableFile.replace(path, content);
      behind = false;
      return true;
    } catch (IOException e) {
      if (!behind) {
        LOG.error("{} unwritable, a restart now would go by the old one: {}", path, e.toString());
      }
      behind = true;
      return false;
    }
  }
}

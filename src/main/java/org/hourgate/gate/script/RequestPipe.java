package org.hourgate.gate.script;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads lines from the pipe that the scripts write to, on a thread of its own, until it is closed.
 * While it is open scripts find a reader; when it is closed, or our process is gone, their writes
 * fail at once.
 */
final class RequestPipe implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RequestPipe.class);

  /** PIPE_BUF of Linux: what is longer did not come in one piece, and no script writes it. */
  private static final int LONGEST_LINE = 4096;

  private static final int BUFFER = 1 << 16;

  private final FileChannel channel;

  private RequestPipe(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Begins to read. Opened for writing as well: that does not wait for a writer, and the end of one
   * is not the end of the lines.
   *
   * @param lines called on the reading thread, with bytes as ISO-8859-1
   */
  static RequestPipe open(Path pipe, Consumer<String> lines) throws IOException {
    FileChannel channel = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Thread.ofPlatform().name("requests").daemon().start(() -> read(channel, lines));
    return new RequestPipe(channel);
  }

  private static void read(FileChannel channel, Consumer<String> lines) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    StringBuilder line = new StringBuilder();
    try {
      while (channel.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          char c = (char) (buffer.get() & 0xff);
          if (c != '\n') {
            line.append(c);
          } else {
            if (line.length() < LONGEST_LINE) {
              lines.accept(line.toString());
            }
            line.setLength(0);
          }
        }
        if (line.length() > LONGEST_LINE) {
          line.setLength(LONGEST_LINE); // Dropped at its end.
        }
      }
    } catch (ClosedChannelException e) {
      // Closed by us.
    } catch (IOException e) {
      LOG.error("the scripts' pipe can't be read: nobody new gets in", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("the scripts' pipe: {}", e.toString());
    }
  }
}

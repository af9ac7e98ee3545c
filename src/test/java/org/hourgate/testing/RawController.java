package org.hourgate.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Writes any bytes to a management socket and keeps the lines that come, replies and notifications
 * apart.
 */
public final class RawController implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What the last reply begins with, which nobody sent. */
  private static final String CLOSED = "closed";

  private final String sentinel;
  private final String sentinelReply;
  private final SocketChannel channel;
  private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();
  private final Queue<String> linesWithoutCrLf = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<String> notifications = new LinkedBlockingQueue<>();

  /** Attaches to OpenVPN itself. */
  public RawController(Path socket) throws IOException {
    this(socket, "mute", "SUCCESS: mute=0");
  }

  /**
   * Attaches to whatever speaks OpenVPN's language.
   *
   * @param sentinel a command with an answer of its own, to tell where the answers before it end
   */
  public RawController(Path socket, String sentinel, String sentinelReply) throws IOException {
    this.sentinel = sentinel;
    this.sentinelReply = sentinelReply;
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform().daemon().name("raw controller").start(this::read);
  }

  /** Writes the lines of one test case and gives the lines OpenVPN answers to them. */
  public List<String> ask(String bytes) {
    sendCase(bytes);
    return answer();
  }

  /** The same for many cases: all are written before the first answer is waited for. */
  public List<List<String>> askAll(List<String> cases) {
    cases.forEach(this::sendCase);
    return cases.stream().map(_ -> answer()).toList();
  }

  private void sendCase(String bytes) {
    send(bytes + "\n" + sentinel + "\n");
  }

  private List<String> answer() {
    List<String> answer = new ArrayList<>();
    for (String line = take(replies); !line.equals(sentinelReply); line = take(replies)) {
      answer.add(line);
    }
    return answer;
  }

  /** Takes as many lines of answers, or fewer if the other side closes before. */
  public void takeReplies(int lines) {
    for (int i = 0; i < lines && !take(replies).startsWith(CLOSED); i++) {
      // The next one.
    }
  }

  /** Waits until so many lines of answers are there that nobody has taken yet. */
  public void awaitReplies(int lines) {
    Awaitility.await().atMost(PATIENCE).until(() -> replies.size() >= lines);
  }

  /** Writes bytes as they are (ISO-8859-1). */
  public void send(String bytes) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The notifications up to the next that begins so; waits for it. */
  public List<String> notificationsUpTo(String beginning) {
    List<String> lines = new ArrayList<>();
    do {
      lines.add(take(notifications));
    } while (!lines.getLast().startsWith(beginning));
    return lines;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The lines that ended otherwise than OpenVPN's do. */
  public List<String> linesWithoutCrLf() {
    return List.copyOf(linesWithoutCrLf);
  }

  private void read() {
    StringBuilder line = new StringBuilder();
    try (BufferedReader reader =
        new BufferedReader(Channels.newReader(channel, StandardCharsets.ISO_8859_1))) {
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (c != '\n') {
          line.append((char) c);
        } else {
          accept(line.toString());
          line.setLength(0);
        }
      }
      replies.add(CLOSED);
    } catch (IOException e) {
      replies.add(CLOSED + ": " + e.getMessage());
    }
  }

  private void accept(String line) {
    String text = line;
    if (line.endsWith("\r")) {
      text = line.substring(0, line.length() - 1);
    } else {
      linesWithoutCrLf.add(line);
    }
    (text.startsWith(">") ? notifications : replies).add(text);
  }

  private static String take(BlockingQueue<String> lines) {
    try {
      String line = lines.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw new AssertionError("no line within " + PATIENCE);
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

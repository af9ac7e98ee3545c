package org.hourgate.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The least a controller can do: lets everybody in at once, without looking. What OpenVPN does with
 * it is OpenVPN's own speed.
 */
final class InstantAnswerer implements AutoCloseable {

  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_LINE = 1 << 14;
  private static final String CONNECT = ">CLIENT:CONNECT,";
  private static final String REAUTH = ">CLIENT:REAUTH,";

  private final SocketChannel channel;
  private final byte[] line = new byte[LONGEST_LINE];
  private int length;
  private final StringBuilder answers = new StringBuilder("env-filter 0\n");

  private InstantAnswerer(SocketChannel channel) {
    this.channel = channel;
  }

  /** {@code InstantAnswerer SOCKET}: answers until the socket is closed. */
  public static void main(String[] arguments) throws IOException {
    try (InstantAnswerer answerer = new InstantAnswerer(connect(Path.of(arguments[0])))) {
      answerer.run();
    }
  }

  /** Answers on a thread of its own. */
  static InstantAnswerer start(Path socket) throws IOException {
    InstantAnswerer answerer = new InstantAnswerer(connect(socket));
    Thread.ofPlatform()
        .daemon()
        .name("instant")
        .start(
            () -> {
              try {
                answerer.run();
              } catch (IOException | ClosedSelectorException | CancelledKeyException e) {
                // Closed.
              }
            });
    return answerer;
  }

  private static SocketChannel connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return channel;
  }

  /** Reads whatever comes and writes whatever fits: whoever waits for the other side may hang. */
  private void run() throws IOException {
    ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    ByteBuffer out = ByteBuffer.allocate(0);
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      while (true) {
        selector.select();
        int count = channel.read(in.clear());
        if (count < 0) {
          return;
        }
        take(in.flip());
        if (!out.hasRemaining() && !answers.isEmpty()) {
          out = ByteBuffer.wrap(answers.toString().getBytes(StandardCharsets.ISO_8859_1));
          answers.setLength(0);
        }
        channel.write(out);
        boolean more = out.hasRemaining() || !answers.isEmpty();
        key.interestOps(SelectionKey.OP_READ | (more ? SelectionKey.OP_WRITE : 0));
      }
    }
  }

  private void take(ByteBuffer in) {
    while (in.hasRemaining()) {
      byte b = in.get();
      if (b == '\n') {
        answer();
        length = 0;
      } else if (length < line.length) {
        line[length++] = b;
      }
    }
  }

  private void answer() {
    if (length < 8 || line[0] != '>' || (line[1] != 'H' && line[8] == 'E')) {
      return; // A reply, or a line of an environment.
    }
    String text = new String(line, 0, length, StandardCharsets.ISO_8859_1).strip();
    if (text.startsWith(CONNECT)) {
      admit(text.substring(CONNECT.length()));
    } else if (text.startsWith(REAUTH)) {
      admit(text.substring(REAUTH.length()));
    } else if (text.startsWith(">HOLD:")) {
      answers.append("hold release\n");
    }
  }

  private void admit(String clientAndKey) {
    answers.append("client-auth-nt ").append(clientAndKey.replace(',', ' ')).append('\n');
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

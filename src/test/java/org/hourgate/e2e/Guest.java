package org.hourgate.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A tool at a management socket: it writes lines and reads lines, and knows no more. Blocks. */
final class Guest implements AutoCloseable {

  /** What the gate says when it has waited for a second. */
  static final String SILENCE = "ERROR: OpenVPN does not answer";

  private static final int MOST_TRIES = 30;

  private final SocketChannel channel;
  private final BufferedReader reader;

  private Guest(SocketChannel channel) {
    this.channel = channel;
    reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.ISO_8859_1));
  }

  /** Connects, and reads the greeting. */
  static Guest at(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    Guest guest = new Guest(channel);
    guest.line();
    return guest;
  }

  void send(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The next line; null at the end. */
  String line() throws IOException {
    return reader.readLine();
  }

  /** Asks for one line. */
  String ask(String command) throws IOException {
    String answer = askOnce(command);
    // A machine may stand still for a second: who asks again is answered.
    for (int i = 0; i < MOST_TRIES && SILENCE.equals(answer); i++) {
      answer = askOnce(command);
    }
    return answer;
  }

  /** The same, whatever the answer. */
  String askOnce(String command) throws IOException {
    send(command + "\n");
    return line();
  }

  /** Asks for lines up to END. An error is one line, and a failure. */
  List<String> askForLines(String command) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = ask(command); !"END".equals(line); line = line()) {
      if (line == null || line.startsWith("ERROR: ")) {
        throw new AssertionError(command + " was answered with " + lines + " and then " + line);
      }
      lines.add(line);
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

package org.hourgate.app.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sits on a management socket, releases the hold and lets everybody in. */
final class AcceptAll implements AutoCloseable {

  private static final Pattern QUESTION =
      Pattern.compile(">CLIENT:(?:CONNECT|REAUTH),(\\d+),(\\d+)");

  private final SocketChannel channel;
  private final Output output = new Output("the management socket");
  private volatile String token = "";

  AcceptAll(Path socket, String... greeting) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    for (String line : greeting) {
      send(line);
    }
    send("env-filter 0");
    Thread.ofPlatform().daemon().name("accept all").start(this::read);
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(Channels.newReader(channel, StandardCharsets.ISO_8859_1))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(new Output.Line(Instant.now(), line));
        Matcher question = QUESTION.matcher(line);
        if (question.matches()) {
          answer(question.group(1) + " " + question.group(2));
        } else if (line.startsWith(">HOLD")) {
          send("hold release");
        }
      }
    } catch (IOException e) {
      output.add(new Output.Line(Instant.now(), "closed: " + e.getMessage()));
    } finally {
      output.end();
    }
  }

  private void answer(String key) throws IOException {
    if (token.isEmpty()) {
      send("client-auth-nt " + key);
    } else {
      send("client-auth " + key, "push \"auth-token " + token + "\"", "END");
    }
  }

  /** Hands this token to whoever is let in from now on. */
  void pushToken(String reconnectToken) {
    token = reconnectToken;
  }

  void send(String... lines) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap((String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1));
    synchronized (this) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  Output output() {
    return output;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

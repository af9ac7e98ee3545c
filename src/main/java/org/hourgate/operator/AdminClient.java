package org.hourgate.operator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.hourgate.infrastructure.json.InvalidJsonException;
import org.hourgate.infrastructure.json.Json;

/** Asks a running Hourgate. Blocks. */
public final class AdminClient {

  private AdminClient() {}

  /**
   * Sends one request.
   *
   * @return what it answered, which may be a refusal
   * @throws IOException if nobody answers there
   */
  public static AdminReply ask(Path socket, AdminRequest request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer line =
          ByteBuffer.wrap((Json.writeText(request) + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try (InputStream in = Channels.newInputStream(channel)) {
        in.transferTo(answer);
      }
      if (answer.size() == 0) {
        throw new IOException("hung up: only root and the user that hourgate runs as may ask");
      }
      return Json.read(answer.toByteArray(), AdminReply.class);
    } catch (InvalidJsonException e) {
      throw new IOException("what answers there is not hourgate", e);
    }
  }
}

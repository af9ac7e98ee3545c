package org.hourgate.operator;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
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
    AdminReply[] answer = new AdminReply[1];
    follow(socket, request, reply -> answer[0] = reply);
    return answer[0];
  }

  /**
   * Sends one request and hands over each line that comes, until the other end hangs up.
   *
   * @throws IOException if nobody answers there
   */
  public static void follow(Path socket, AdminRequest request, Consumer<AdminReply> lines)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer line =
          ByteBuffer.wrap((Json.writeText(request) + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
      BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
      String answer = in.readLine();
      if (answer == null) {
        throw new IOException(
            "hung up: only root, the user that hourgate runs as, and members of admin.group may"
                + " ask");
      }
      while (answer != null) {
        lines.accept(Json.read(answer.getBytes(StandardCharsets.UTF_8), AdminReply.class));
        answer = in.readLine();
      }
    } catch (InvalidJsonException e) {
      throw new IOException("what answers there is not hourgate", e);
    }
  }
}

package org.hourgate.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;

/**
 * Real OpenVPN clients without a device, each with an address of its own, which wait in
 * management-hold until all are let go at once. They give way to everybody else on the machine, as
 * if they ran elsewhere.
 */
final class HeldCrowd implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<OpenVpnClient> clients = new ArrayList<>();
  private final List<SocketChannel> sockets = new ArrayList<>();

  private HeldCrowd() {}

  /** Starts a client for each login; returns when all of them wait. */
  static HeldCrowd of(OpenVpnServer server, Namespace crowd, Path folder, List<Login> logins)
      throws IOException {
    Path path = folder.resolve("crowd.sock");
    Files.deleteIfExists(path);
    HeldCrowd held = new HeldCrowd();
    try (ServerSocketChannel listening =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(path), logins.size())) {
      for (int i = 0; i < logins.size(); i++) {
        held.clients.add(
            OpenVpnClient.of(server, crowd)
                .login(logins.get(i).username(), logins.get(i).password())
                .from(crowd.addresses().get(i))
                .withoutDevice()
                .line("nice 19")
                .line("verb 1")
                .line("management " + path + " unix")
                .line("management-client")
                .line("management-hold")
                .start());
      }
      Instant end = Instant.now().plus(PATIENCE);
      listening.configureBlocking(false);
      while (held.sockets.size() < logins.size()) {
        SocketChannel socket = listening.accept();
        if (socket != null) {
          socket.configureBlocking(false);
          held.sockets.add(socket);
        } else {
          pause(end, "%d clients came to the management socket".formatted(held.sockets.size()));
        }
      }
      for (SocketChannel socket : held.sockets) {
        awaitHold(socket, end);
      }
      return held;
    } catch (IOException | RuntimeException e) {
      held.clients.forEach(OpenVpnClient::close);
      throw e;
    }
  }

  private static void awaitHold(SocketChannel socket, Instant end) throws IOException {
    StringBuilder seen = new StringBuilder();
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    while (seen.indexOf(">HOLD:") < 0) {
      if (socket.read(bytes.clear()) > 0) {
        seen.append(StandardCharsets.ISO_8859_1.decode(bytes.flip()));
      } else {
        pause(end, "a client does not wait for its release: " + seen);
      }
    }
  }

  private static void pause(Instant end, String complaint) throws IOException {
    if (Instant.now().isAfter(end)) {
      throw new IOException(complaint);
    }
    LockSupport.parkNanos(1_000_000);
  }

  /** Lets all go; returns the moment before the first. */
  Instant release() throws IOException {
    Instant begin = Instant.now();
    tellAll("hold release");
    return begin;
  }

  private void tellAll(String command) throws IOException {
    for (SocketChannel socket : sockets) {
      socket.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
    }
  }

  /** Ends all clients as their users would, and waits until they are gone. */
  @Override
  public void close() throws IOException {
    try {
      tellAll("signal SIGTERM");
      clients.forEach(client -> client.process().awaitExit(PATIENCE));
    } finally {
      clients.forEach(OpenVpnClient::close);
      for (SocketChannel socket : sockets) {
        socket.close();
      }
    }
  }
}

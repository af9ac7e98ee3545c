package org.hourgate.management.fake;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.hourgate.management.client.ManagementAddress;
import org.jspecify.annotations.Nullable;

/**
 * The management socket: one controller is served, the next ones wait in silence until it leaves.
 * Used on the fake's thread only, apart from {@link #listen}.
 */
final class ControllerSocket {

  /** Gets what the served controller writes, and hears when it comes and goes. */
  interface Dialogue {
    void attached();

    void detached();

    void take(String line);
  }

  private static final int BIND_ATTEMPTS = 100;

  /** {@code S_IFMT} and {@code S_IFSOCK} of {@code stat}. */
  private static final int FILE_TYPE = 0170000;

  private static final int SOCKET = 0140000;
  private static final Duration BIND_PAUSE = Duration.ofMillis(20);

  private final EventLoopGroup group;
  private final Optional<String> password;
  private final Dialogue dialogue;
  private final Deque<ControllerConnection> connections = new ArrayDeque<>();
  private @Nullable Channel server;
  private boolean stalled;
  private boolean refusing;
  private int pieceSize = Integer.MAX_VALUE;
  private long bytesToStall = Long.MAX_VALUE;

  ControllerSocket(EventLoopGroup group, Optional<String> password, Dialogue dialogue) {
    this.group = group;
    this.password = password;
    this.dialogue = dialogue;
  }

  /**
   * Opens the socket, in place of a file that was left over.
   *
   * @param address a TCP port of 1 stands for any free one
   * @return where it listens
   */
  ManagementAddress listen(ManagementAddress address) {
    boolean unix = address instanceof ManagementAddress.Unix;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(unix ? NioServerDomainSocketChannel.class : NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new ControllerConnection(ControllerSocket.this, channel, password));
                  }
                });
    Channel channel =
        switch (address) {
          case ManagementAddress.Unix(Path path) -> {
            removeSocket(path);
            yield bound(bootstrap.bind(UnixDomainSocketAddress.of(path)), address);
          }
          case ManagementAddress.Tcp(String host, int port) ->
              bound(bind(bootstrap, resolved(host, port == 1 ? 0 : port)), address);
        };
    group.next().submit(() -> server = channel).syncUninterruptibly();
    return address instanceof ManagementAddress.Tcp(String host, int _)
        ? new ManagementAddress.Tcp(host, ((InetSocketAddress) channel.localAddress()).getPort())
        : address;
  }

  /** The system frees a port some time after its socket was closed. */
  private static ChannelFuture bind(ServerBootstrap bootstrap, InetSocketAddress address) {
    for (int attempt = 1; ; attempt++) {
      ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
      if (bound.isSuccess() || attempt == BIND_ATTEMPTS) {
        return bound;
      }
      LockSupport.parkNanos(BIND_PAUSE.toNanos());
    }
  }

  /** The system's words do not say what they are about. */
  private static Channel bound(ChannelFuture bound, ManagementAddress address) {
    if (!bound.awaitUninterruptibly().isSuccess()) {
      Throwable cause = bound.cause();
      throw new UncheckedIOException(new IOException(address + ": " + cause.getMessage(), cause));
    }
    return bound.channel();
  }

  private static InetSocketAddress resolved(String host, int port) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UncheckedIOException(new UnknownHostException("no such host: " + host));
    }
    return address;
  }

  /**
   * A socket at which somebody listens belongs to a running daemon, and is not taken from it.
   *
   * @throws UncheckedIOException if there is one at this path
   */
  static void requireNobodyAt(ManagementAddress address) {
    if (address instanceof ManagementAddress.Unix(Path path) && Files.exists(path)) {
      try (var _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        throw new UncheckedIOException(new BindException("somebody listens there: " + address));
      } catch (IOException e) {
        // left over, or no socket at all
      }
    }
  }

  /**
   * Removes a socket that was left over, and nothing else ({@code socket.c socket_delete_unix}).
   */
  static void removeSocket(Path path) {
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
          && Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS)
              instanceof Integer mode
          && (mode & FILE_TYPE) == SOCKET) {
        Files.delete(path);
      }
    } catch (NoSuchFileException e) {
      // Somebody else was faster.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes it, and every connection. */
  void close() {
    if (server != null) {
      var _ = server.close();
      server = null;
    }
    List.copyOf(connections).forEach(ControllerConnection::hangUp);
  }

  void add(ControllerConnection connection) {
    connections.add(connection);
    if (serves(connection)) {
      connection.serve();
    }
  }

  void remove(ControllerConnection connection) {
    boolean served = serves(connection);
    connections.remove(connection);
    if (served) {
      dialogue.detached();
      ControllerConnection next = connections.peek();
      if (next != null) {
        next.serve();
      }
    }
  }

  boolean serves(ControllerConnection connection) {
    return connections.peek() == connection;
  }

  /** Whether a controller is served that has shown the password. */
  boolean isAttached() {
    ControllerConnection served = connections.peek();
    return served != null && served.isVerified();
  }

  Dialogue dialogue() {
    return dialogue;
  }

  /** Writes to the served controller, if it has shown the password. */
  void output(String text) {
    ControllerConnection served = connections.peek();
    if (served != null && served.isVerified()) {
      served.output(text);
    }
  }

  void hangUp() {
    ControllerConnection served = connections.peek();
    if (served != null) {
      served.hangUp();
    }
  }

  void stall() {
    stalled = true;
    connections.forEach(ControllerConnection::stall);
  }

  /** Stands still when so many bytes more were written. */
  void stallAfter(int bytes) {
    bytesToStall = bytes;
  }

  /** How many of so many bytes may be written now. */
  int allowed(int wanted) {
    int allowed = (int) Math.min(wanted, bytesToStall);
    if (bytesToStall != Long.MAX_VALUE) {
      bytesToStall -= allowed;
      if (bytesToStall == 0) {
        bytesToStall = Long.MAX_VALUE;
        stall();
      }
    }
    return allowed;
  }

  void resume() {
    stalled = false;
    List.copyOf(connections).forEach(ControllerConnection::resume);
  }

  boolean isStalled() {
    return stalled;
  }

  void behave() {
    pieceSize = Integer.MAX_VALUE;
    bytesToStall = Long.MAX_VALUE;
    refusing = false;
    resume();
  }

  void refuse(boolean refuse) {
    refusing = refuse;
  }

  boolean isRefusing() {
    return refusing;
  }

  void cutInto(int bytes) {
    pieceSize = bytes;
  }

  int pieceSize() {
    return pieceSize;
  }
}

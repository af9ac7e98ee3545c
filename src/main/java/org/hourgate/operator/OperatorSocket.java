package org.hourgate.operator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.hourgate.gate.GateControl;
import org.hourgate.infrastructure.netty.EventLoops;

/**
 * Where one instance's guests come in: a unix socket, where root, the user we run as and, if named,
 * a group are answered; or a port of loopback with a password. At most 128 guests at once.
 */
public final class OperatorSocket implements AutoCloseable {

  private static final int MOST_GUESTS = 128;
  private static final int MOST_SECONDS_TO_READ = 30;

  private static final Path NO_PASSWORD = Path.of("");

  private final Channel listener;
  private final ChannelGroup guests;
  private final Rights rights;
  private final Runnable afterwards;

  private OperatorSocket(
      Channel listener, ChannelGroup guests, Rights rights, Runnable afterwards) {
    this.listener = listener;
    this.guests = guests;
    this.rights = rights;
    this.afterwards = afterwards;
  }

  /** What guests that come must say and may do. */
  private static final class Rights {
    private volatile Path passwordFile;
    private volatile GuestRole role;

    Rights(Path passwordFile, GuestRole role) {
      this.passwordFile = passwordFile;
      this.role = role;
    }
  }

  /**
   * Begins to listen on a unix socket. Makes the folder if it is absent; takes the place of a
   * socket that nobody listens on.
   *
   * @param group whose members may use it too
   * @throws IOException if the socket can't be made, or somebody listens there already
   */
  public static OperatorSocket start(
      EventLoops loops,
      Path path,
      Optional<String> group,
      GuestRole role,
      SharedDaemon daemon,
      GateControl gate)
      throws IOException {
    SocketFile file = SocketFile.prepare(path, group);
    Rights rights = new Rights(NO_PASSWORD, role);
    ChannelGroup guests = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(EpollServerDomainSocketChannel.class)
            .childHandler(
                new Arrivals(guests) {
                  @Override
                  void welcome(Channel guest) {
                    guest
                        .pipeline()
                        .addLast(new PeerCheck("the operator socket " + path, file))
                        .addLast(new GuestLineDecoder())
                        .addLast(new WriteTimeoutHandler(MOST_SECONDS_TO_READ))
                        .addLast(new GuestHandler(daemon, gate, rights.role));
                  }
                });
    try {
      Channel listener = bind(bootstrap, new DomainSocketAddress(file.draft().toFile()), path);
      publish(file, listener);
      return new OperatorSocket(listener, guests, rights, file::remove);
    } catch (IOException e) {
      file.remove();
      throw e;
    }
  }

  /**
   * Begins to listen on a port of loopback.
   *
   * @param passwordFile whose first line every guest must say; read again for each
   * @throws IOException if the port or the password can't be had
   */
  public static OperatorSocket start(
      EventLoops loops,
      InetSocketAddress address,
      Path passwordFile,
      GuestRole role,
      SharedDaemon daemon,
      GateControl gate)
      throws IOException {
    if (!address.getAddress().isLoopbackAddress()) {
      throw new IOException("operators are served on loopback only, not on " + address);
    }
    Rights rights = new Rights(passwordFile, role);
    require(passwordFile);
    ChannelGroup guests = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(EpollServerSocketChannel.class)
            .childHandler(
                new Arrivals(guests) {
                  @Override
                  void welcome(Channel guest) {
                    guest
                        .pipeline()
                        .addLast(new GuestLineDecoder())
                        .addLast(new WriteTimeoutHandler(MOST_SECONDS_TO_READ))
                        .addLast(
                            new GuestLogin(
                                () -> firstLine(rights.passwordFile), Thread::startVirtualThread))
                        .addLast(new GuestHandler(daemon, gate, rights.role));
                  }
                });
    return new OperatorSocket(bind(bootstrap, address, address), guests, rights, () -> {});
  }

  private static void publish(SocketFile file, Channel listener) throws IOException {
    try {
      file.publish();
    } catch (IOException e) {
      listener.close().awaitUninterruptibly();
      throw e;
    }
  }

  private static Channel bind(ServerBootstrap bootstrap, SocketAddress address, Object shown)
      throws IOException {
    var bound =
        bootstrap
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("can't listen on " + shown + ": " + bound.cause().getMessage());
    }
    return bound.channel();
  }

  private static String firstLine(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      String line = reader.readLine();
      if (line == null || line.isEmpty()) {
        throw new IOException("no password in " + file);
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException("the operators' password can't be read: " + e, e);
    }
  }

  /**
   * Looks at another password file, and changes nothing yet. Blocks.
   *
   * @param passwordFile empty where guests say none
   * @return goes by it and by the role from then on; if either is another one than before, guests
   *     have to come anew
   * @throws IOException if there is no password in it
   */
  public Runnable prepare(Optional<Path> passwordFile, GuestRole role) throws IOException {
    if (passwordFile.isPresent()) {
      require(passwordFile.get());
    }
    Path next = passwordFile.orElse(NO_PASSWORD);
    return () -> {
      if (!next.equals(rights.passwordFile) || role != rights.role) {
        rights.passwordFile = next;
        rights.role = role;
        var _ = guests.close();
      }
    };
  }

  private static void require(Path passwordFile) throws IOException {
    try {
      var _ = firstLine(passwordFile);
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Where guests connect; for a port that the kernel chose. */
  SocketAddress address() {
    return listener.localAddress();
  }

  /** Sends the guests away and stops listening. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    guests.close().awaitUninterruptibly();
    afterwards.run();
  }

  /** Counts guests; one too many is closed at once. */
  private abstract static class Arrivals extends ChannelInitializer<Channel> {
    private final ChannelGroup guests;

    Arrivals(ChannelGroup guests) {
      this.guests = guests;
    }

    @Override
    protected void initChannel(Channel guest) {
      guests.add(guest);
      if (guests.size() > MOST_GUESTS) {
        var _ = guest.close();
      } else {
        welcome(guest);
      }
    }

    abstract void welcome(Channel guest);
  }
}

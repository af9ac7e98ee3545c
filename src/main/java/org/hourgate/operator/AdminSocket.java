package org.hourgate.operator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hourgate.infrastructure.netty.EventLoops;

/**
 * Listens on a unix socket that its owner alone may open, or a group if one is named. Root, the
 * user we run as and the group's members are answered; anybody else is closed before a byte is
 * read. One request for each connection; who sends or reads slowly is dropped.
 */
public final class AdminSocket implements AutoCloseable {

  private static final int MAX_LINE = 16 * 1024;

  private final Channel listener;
  private final SocketFile file;

  private AdminSocket(Channel listener, SocketFile file) {
    this.listener = listener;
    this.file = file;
  }

  /**
   * Begins to listen. Makes the folder if it is absent; takes the place of a socket that nobody
   * listens on.
   *
   * @param group whose members may use it too
   * @param step the longest time to send the request, and again to read the answer
   * @throws IOException if the socket can't be made, or somebody listens there already
   */
  public static AdminSocket start(
      EventLoops loops, Path path, Optional<String> group, AdminParts parts, Duration step)
      throws IOException {
    AdminCommands commands = new AdminCommands(parts);
    SocketFile file = SocketFile.prepare(path, group);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(EpollServerDomainSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new PeerCheck("the admin socket", file))
                        .addLast(new LineBasedFrameDecoder(MAX_LINE, true, true))
                        .addLast(new AdminHandler(commands, step));
                  }
                });
    var bound =
        bootstrap.bind(new DomainSocketAddress(file.draft().toFile())).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      file.remove();
      throw new IOException("can't listen on " + path + ": " + bound.cause().getMessage());
    }
    try {
      file.publish();
    } catch (IOException e) {
      bound.channel().close().awaitUninterruptibly();
      file.remove();
      throw e;
    }
    return new AdminSocket(bound.channel(), file);
  }

  /** Stops listening and removes the socket. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    file.remove();
  }
}

package org.hourgate.infrastructure.systemd;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.hourgate.infrastructure.netty.EventLoops;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datagram socket of sd_notify(3). Java has none of that kind, so it is Netty's. A message that
 * can't be sent is lost and said once: the service goes on. Safe for any thread that may wait.
 */
final class NotifySocket implements Consumer<String>, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);

  /** One that does not read has no room at some time; the end of the service can't wait for it. */
  private static final long LONGEST_WAIT_MILLIS = 300;

  private final EventLoops loops = new EventLoops("notify", 1);
  private final DomainSocketAddress manager;
  private final AtomicBoolean complained = new AtomicBoolean();

  private NotifySocket(DomainSocketAddress manager) {
    this.manager = manager;
  }

  /** Sends to an address as in {@code NOTIFY_SOCKET}; empty if it is of another kind. */
  static Optional<NotifySocket> to(String address) {
    if (address.startsWith("/")) {
      return Optional.of(new NotifySocket(new DomainSocketAddress(address)));
    }
    if (address.startsWith("@")) {
      return Optional.of(new NotifySocket(new DomainSocketAddress("\0" + address.substring(1))));
    }
    LOG.warn("NOTIFY_SOCKET={} is no unix socket: systemd is told nothing", address);
    return Optional.empty();
  }

  /**
   * Sends a message, and waits a moment for it to be on its way. Each has a connection of its own:
   * the other end may have been made anew meanwhile.
   */
  @Override
  public void accept(String message) {
    ChannelFuture connected =
        new Bootstrap()
            .group(loops.group())
            .channel(EpollDomainDatagramChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(manager)
            .awaitUninterruptibly();
    ChannelFuture last = connected;
    if (connected.isSuccess()) {
      ByteBuf datagram = Unpooled.copiedBuffer(message, StandardCharsets.UTF_8);
      last = connected.channel().writeAndFlush(datagram);
      last.awaitUninterruptibly(LONGEST_WAIT_MILLIS);
    }
    boolean sent = last.isSuccess();
    var _ = connected.channel().close();
    if (!sent && complained.compareAndSet(false, true)) {
      LOG.warn("systemd does not take what it asks for at {}", manager.path(), last.cause());
    }
  }

  @Override
  public void close() {
    loops.close();
  }
}

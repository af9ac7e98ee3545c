package org.hourgate.infrastructure.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.hourgate.infrastructure.net.SourceCap;

/** Closes connections that are too many. One for all connections of a server; for any loop. */
@Sharable
final class ConnectionCap extends ChannelInboundHandlerAdapter {

  private final SourceCap cap;
  private final Function<Channel, ? extends Future<?>> end;

  /**
   * Makes one.
   *
   * @param end until when a connection counts
   */
  ConnectionCap(SourceCap cap, Function<Channel, ? extends Future<?>> end) {
    this.cap = cap;
    this.end = end;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    InetAddress peer = ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
    if (cap.tryAcquire(peer)) {
      end.apply(context.channel()).addListener(ended -> cap.release(peer));
      context.fireChannelActive();
    } else {
      var _ = context.close();
    }
  }
}

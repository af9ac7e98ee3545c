package org.hourgate.infrastructure.http;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/** Closes connections above a number. One for all connections of a server; safe for any loop. */
@Sharable
final class ConnectionCap extends ChannelInboundHandlerAdapter {

  private final AtomicInteger open = new AtomicInteger();
  private final int max;

  ConnectionCap(int max) {
    this.max = max;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.channel().closeFuture().addListener(closed -> open.decrementAndGet());
    if (open.incrementAndGet() > max) {
      var _ = context.close();
    } else {
      context.fireChannelActive();
    }
  }
}

package org.hourgate.infrastructure.http;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.hourgate.infrastructure.net.SourceCap;

/** Closes connections that are too many. One for all connections of a server; for any loop. */
@Sharable
final class ConnectionCap extends ChannelInboundHandlerAdapter {

  private final SourceCap cap;

  ConnectionCap(SourceCap cap) {
    this.cap = cap;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    InetAddress peer = ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
    if (cap.tryAcquire(peer)) {
      context.channel().closeFuture().addListener(closed -> cap.release(peer));
      context.fireChannelActive();
    } else {
      var _ = context.close();
    }
  }
}

package org.hourgate.infrastructure.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;

/** Makes whole requests of parts; what is too long is told so and ends the connection. */
final class RequestAggregator extends HttpObjectAggregator {

  RequestAggregator(int maxBody) {
    super(maxBody, true);
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
    Response answer =
        Response.problem(413, "too_large", "The body is longer than this address takes.");
    context.writeAndFlush(Messages.of(answer, true)).addListener(ChannelFutureListener.CLOSE);
  }
}

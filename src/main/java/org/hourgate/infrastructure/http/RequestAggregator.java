package org.hourgate.infrastructure.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;

/**
 * Makes whole requests of parts; one that is too long becomes a request that could not be decoded,
 * so that its refusal waits for the answers before it.
 */
final class RequestAggregator extends HttpObjectAggregator {

  RequestAggregator(int maxBody) {
    super(maxBody, true);
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
    FullHttpRequest unread = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
    unread.setDecoderResult(DecoderResult.failure(new TooLongFrameException("body")));
    context.fireChannelRead(unread);
  }
}

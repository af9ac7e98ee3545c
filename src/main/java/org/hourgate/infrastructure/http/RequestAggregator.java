package org.hourgate.infrastructure.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Makes whole requests of parts; one that is too long becomes a request that could not be decoded,
 * so that its refusal waits for the answers before it.
 */
final class RequestAggregator extends HttpObjectAggregator {

  RequestAggregator(int maxBody) {
    super(maxBody, true);
  }

  /**
   * What is answered here goes before the answers to requests that came earlier: that may be no
   * refusal. An expectation we don't know is passed over (RFC 9110, 10.1.1), a body that is too
   * long is refused in its turn.
   */
  @Override
  protected @Nullable Object newContinueResponse(
      HttpMessage begun, int maxBody, ChannelPipeline pipeline) {
    return HttpUtil.is100ContinueExpected(begun)
            && begun.headers().getAll(HttpHeaderNames.EXPECT).size() == 1
            && HttpUtil.getContentLength(begun, -1L) <= maxBody
        ? super.newContinueResponse(begun, maxBody, pipeline)
        : null;
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
    FullHttpRequest unread = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
    unread.setDecoderResult(DecoderResult.failure(new TooLongFrameException("body")));
    context.fireChannelRead(unread);
  }
}

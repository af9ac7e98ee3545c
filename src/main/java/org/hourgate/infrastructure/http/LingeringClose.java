package org.hourgate.infrastructure.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection so that its last answer arrives. Were it closed while the other side still
 * sends, the kernel would answer with a reset, which throws away what is on its way (RFC 9112,
 * 9.6). So only our half is closed, and what still comes is dropped unread, as long and as much as
 * is bearable. On the connection's event loop.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {

  private static final int MAX_DROPPED = 1024 * 1024;

  private final Duration longest;
  private int dropped;
  private @Nullable ScheduledFuture<?> deadline;

  private LingeringClose(Duration longest) {
    this.longest = longest;
  }

  /** Call when the last answer was written, and flushed as far as our own buffers go. */
  static void begin(ChannelHandlerContext context, Duration longest) {
    if (!context.channel().isActive()) {
      return;
    }
    SslHandler tls = context.pipeline().get(SslHandler.class);
    Future<?> farewell = tls == null ? context.newSucceededFuture() : tls.closeOutbound();
    // In front of all others: not even TLS is done for what is dropped.
    context.pipeline().addFirst(new LingeringClose(longest));
    farewell.addListener(
        said ->
            ((DuplexChannel) context.channel())
                .shutdownOutput()
                .addListener(ChannelFutureListener.CLOSE_ON_FAILURE));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(() -> close(context), longest.toMillis(), TimeUnit.MILLISECONDS);
    context.channel().config().setAutoRead(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    dropped += ((ByteBuf) message).readableBytes();
    ReferenceCountUtil.release(message);
    if (dropped > MAX_DROPPED) {
      close(context);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    context.fireChannelInactive();
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }
}

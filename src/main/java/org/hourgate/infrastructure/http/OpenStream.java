package org.hourgate.infrastructure.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.HttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.hourgate.infrastructure.json.Json;

/**
 * One event stream. What the reader has not taken waits in buffers of fixed size; when they are
 * full, or nothing was acknowledged for a while, the connection is closed. Sending is safe for any
 * thread, the rest is the event loop's.
 */
final class OpenStream implements EventSink {

  private static final int KERNEL_BUFFER = 64 * 1024;
  private static final int UNACKNOWLEDGED_MILLIS = 30_000;

  private final ChannelHandlerContext context;

  private OpenStream(ChannelHandlerContext context) {
    this.context = context;
  }

  static void begin(
      ChannelHandlerContext context, EventStream stream, HttpServerSettings.Times times) {
    context.channel().config().setOption(ChannelOption.SO_SNDBUF, KERNEL_BUFFER);
    context
        .channel()
        .config()
        .setOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
    OpenStream open = new OpenStream(context);
    context
        .writeAndFlush(Messages.eventStream())
        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    long heartbeat = times.heartbeat().toMillis();
    ScheduledFuture<?> heart =
        context
            .executor()
            .scheduleAtFixedRate(
                () -> open.write(Messages.comment()), heartbeat, heartbeat, TimeUnit.MILLISECONDS);
    ScheduledFuture<?> end =
        context
            .executor()
            .schedule(open::close, times.streamLife().toMillis(), TimeUnit.MILLISECONDS);
    Runnable closing = stream.opening().apply(open);
    context
        .channel()
        .closeFuture()
        .addListener(
            closed -> {
              heart.cancel(false);
              end.cancel(false);
              closing.run();
            });
    context.read(); // To notice that the reader has gone.
  }

  @Override
  public void send(String event, Object data) {
    byte[] json = Json.write(data);
    context.executor().execute(() -> write(Messages.event(event, json)));
  }

  private void write(HttpContent content) {
    if (context.channel().isWritable()) {
      context.writeAndFlush(content).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    } else {
      content.release();
      close();
    }
  }

  private void close() {
    var _ = context.close();
  }
}

package org.hourgate.operator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.hourgate.infrastructure.json.Json;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: one line in, one line out, and the end. On the connection's event loop. */
final class AdminHandler extends SimpleChannelInboundHandler<ByteBuf> {

  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  private final AdminCommands commands;
  private final Duration step;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean asked;

  AdminHandler(AdminCommands commands, Duration step) {
    this.commands = commands;
    this.step = step;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    beginStep(context);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
    if (asked) {
      return;
    }
    asked = true;
    cancelDeadline();
    Integer uid = context.channel().attr(PeerCheck.UID).get();
    if (uid == null) {
      close(context);
      return;
    }
    commands
        .answer(ByteBufUtil.getBytes(line), uid)
        .thenAccept(reply -> context.executor().execute(() -> answer(context, reply)));
  }

  private void answer(ChannelHandlerContext context, AdminReply reply) {
    beginStep(context);
    String line = Json.writeText(reply) + "\n";
    context
        .writeAndFlush(Unpooled.copiedBuffer(line, StandardCharsets.UTF_8))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private void beginStep(ChannelHandlerContext context) {
    cancelDeadline();
    deadline =
        context.executor().schedule(() -> close(context), step.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancelDeadline();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof TooLongFrameException) {
      answer(context, AdminReply.refused("bad_request", "the line is too long"));
      return;
    }
    if (!(cause instanceof IOException)) {
      LOG.warn("a connection of the admin socket failed", cause);
    }
    close(context);
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }
}

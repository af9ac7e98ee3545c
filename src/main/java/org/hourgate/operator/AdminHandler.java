package org.hourgate.operator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
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

/**
 * One connection: one line in, one line out, and the end; or, for {@code watch}, a line a second
 * until one of both hangs up. On the connection's event loop; what was asked for is done by a
 * thread of its own.
 */
final class AdminHandler extends SimpleChannelInboundHandler<ByteBuf> {

  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
  private static final Duration WATCH_EVERY = Duration.ofSeconds(1);

  private final AdminCommands commands;
  private final Duration step;
  private @Nullable ScheduledFuture<?> deadline;
  private @Nullable ScheduledFuture<?> nextLine;
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
    Peer peer = context.channel().attr(PeerCheck.PEER).get();
    if (peer == null) {
      close(context);
      return;
    }
    byte[] request = ByteBufUtil.getBytes(line);
    Thread.startVirtualThread(() -> run(context, request, peer));
  }

  private void run(ChannelHandlerContext context, byte[] request, Peer peer) {
    switch (commands.answer(request, peer)) {
      case AdminCommands.Answer.Once once ->
          once.reply()
              .thenAccept(reply -> context.executor().execute(() -> answer(context, reply)));
      case AdminCommands.Answer.EverySecond _ -> context.executor().execute(() -> tell(context));
    }
  }

  private void answer(ChannelHandlerContext context, AdminReply reply) {
    beginStep(context);
    write(context, reply).addListener(ChannelFutureListener.CLOSE);
  }

  /** The next line is begun when this one is taken: whoever reads slowly sees fewer. */
  private void tell(ChannelHandlerContext context) {
    commands
        .snapshot()
        .thenAccept(
            reply ->
                context
                    .executor()
                    .execute(
                        () -> {
                          beginStep(context);
                          write(context, reply).addListener(written -> taken(context));
                        }));
  }

  private void taken(ChannelHandlerContext context) {
    cancelDeadline();
    if (context.channel().isActive()) {
      nextLine =
          context
              .executor()
              .schedule(() -> tell(context), WATCH_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static ChannelFuture write(ChannelHandlerContext context, AdminReply reply) {
    String line = Json.writeText(reply) + "\n";
    return context.writeAndFlush(Unpooled.copiedBuffer(line, StandardCharsets.UTF_8));
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
    if (nextLine != null) {
      nextLine.cancel(false);
    }
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

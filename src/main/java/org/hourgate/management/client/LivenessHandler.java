package org.hourgate.management.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.ManagementConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks an idle daemon for its {@code pid} and gives the connection up when no byte comes in answer.
 * Event loop only.
 */
final class LivenessHandler extends ChannelInboundHandlerAdapter {

  private final CommandHandler commands;
  private final Duration idle;
  private final Duration patience;
  private long lastReadAt;
  private @Nullable Future<?> timer;

  LivenessHandler(CommandHandler commands, ManagementClientConfig.Timeouts timeouts) {
    this.commands = commands;
    this.idle = timeouts.idle();
    this.patience = timeouts.probe();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Greeted.EVENT) {
      lastReadAt = now(ctx);
      schedule(ctx, idle, () -> probeIfIdle(ctx));
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    lastReadAt = now(ctx);
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
    ctx.fireChannelInactive();
  }

  private void probeIfIdle(ChannelHandlerContext ctx) {
    Duration rest = idle.minusNanos(now(ctx) - lastReadAt);
    if (rest.isPositive()) {
      schedule(ctx, rest, () -> probeIfIdle(ctx));
      return;
    }
    long probedAt = now(ctx);
    var _ = commands.send(null, CommandPriority.STATUS, List.of(new Command.Pid()));
    schedule(ctx, patience, () -> closeIfSilentSince(probedAt, ctx));
  }

  private void closeIfSilentSince(long probedAt, ChannelHandlerContext ctx) {
    if (lastReadAt - probedAt > 0) {
      probeIfIdle(ctx);
    } else {
      ctx.fireExceptionCaught(
          new ManagementConnectionException(
              "no sign of life within " + patience.toMillis() + " ms of asking for one"));
    }
  }

  private void schedule(ChannelHandlerContext ctx, Duration delay, Runnable task) {
    timer = ctx.executor().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static long now(ChannelHandlerContext ctx) {
    return ctx.executor().ticker().nanoTime();
  }
}

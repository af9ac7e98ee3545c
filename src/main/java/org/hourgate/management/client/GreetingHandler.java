package org.hourgate.management.client;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.hourgate.management.ManagementConnectionException;
import org.hourgate.management.ManagementException;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.management.Notification;
import org.hourgate.management.codec.ManagementMessage;
import org.jspecify.annotations.Nullable;

/**
 * Answers the password prompt, once, and waits for {@code >INFO:}. Then fires {@link Greeted} and
 * leaves the pipeline. If nothing comes in time another controller is attached: OpenVPN serves one,
 * and lets the next wait without a word ({@code manage.c man_listen}). Event loop only.
 */
final class GreetingHandler extends SimpleChannelInboundHandler<ManagementMessage> {

  private final Optional<String> password;
  private final Duration patience;
  private boolean passwordSent;
  private boolean failed;
  private @Nullable Future<?> timeout;

  GreetingHandler(Optional<String> password, Duration patience) {
    this.password = password;
    this.patience = patience;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    timeout =
        ctx.executor()
            .schedule(
                () -> fail(ctx, new ManagementConnectionException(silence())),
                patience.toNanos(),
                TimeUnit.NANOSECONDS);
    ctx.fireChannelActive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ManagementMessage message) {
    if (failed) {
      return;
    }
    switch (message) {
      case ManagementMessage.PasswordPrompt _ -> answerPrompt(ctx);
      case ManagementMessage.ReplyLine(String text) -> {
        if (!passwordSent || !text.equals("SUCCESS: password is correct")) {
          fail(ctx, new ManagementProtocolException("a reply before the greeting"));
        }
      }
      case ManagementMessage.Notified(Notification.Info _) -> {
        ctx.fireUserEventTriggered(Greeted.EVENT);
        ctx.fireChannelRead(message);
        ctx.pipeline().remove(this);
      }
      case ManagementMessage.Notified _ ->
          fail(ctx, new ManagementProtocolException("a notification before the greeting"));
    }
  }

  private void answerPrompt(ChannelHandlerContext ctx) {
    if (passwordSent) {
      fail(ctx, new PasswordRefusedException("OpenVPN refused the management password"));
    } else if (password.isEmpty()) {
      fail(
          ctx,
          new PasswordRefusedException(
              "OpenVPN asks for a management password and none is configured"));
    } else {
      passwordSent = true;
      ctx.writeAndFlush(Unpooled.copiedBuffer(password.get() + "\n", StandardCharsets.UTF_8))
          .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }
  }

  private void fail(ChannelHandlerContext ctx, ManagementException reason) {
    failed = true;
    ctx.fireExceptionCaught(reason);
  }

  private String silence() {
    return passwordSent
        ? "no answer to the management password within " + patience.toMillis() + " ms"
        : "no greeting within %d ms: another program holds the management interface"
            .formatted(patience.toMillis());
  }
}

package org.hourgate.operator;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the password as OpenVPN does: a prompt without line end, three tries, no word about a
 * wrong one. The password is asked for anew for each connection, so a changed one counts at once.
 * Here each wrong one costs a second, and a browser is shut out at its first line. The next handler
 * learns of the connection when the password was right. On the connection's event loop.
 */
final class GuestLogin extends SimpleChannelInboundHandler<String> {

  private static final int TRIES = 3;
  private static final Duration PENALTY = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Pattern HTTP = Pattern.compile("[A-Z]+ .* HTTP/[0-9.]+");
  private static final Logger LOG = LoggerFactory.getLogger(GuestLogin.class);

  private final Supplier<String> source;
  private final Executor mayBlock;
  private byte[] password = {};
  private @Nullable Future<?> deadline;
  private int tries;
  private boolean paying;

  /**
   * Guards one connection.
   *
   * @param source gives the password as ISO-8859-1, or fails if there is none
   * @param mayBlock where the source is asked
   */
  GuestLogin(Supplier<String> source, Executor mayBlock) {
    this.source = source;
    this.mayBlock = mayBlock;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(() -> close(context), LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    context.channel().config().setAutoRead(false);
    var _ =
        CompletableFuture.supplyAsync(source, mayBlock)
            .whenComplete(
                (text, failure) ->
                    context.executor().execute(() -> passwordRead(context, text, failure)));
  }

  private void passwordRead(
      ChannelHandlerContext context, @Nullable String text, @Nullable Throwable failure) {
    if (text == null) {
      LOG.error("nobody is let in at {}: {}", context.channel().localAddress(), reason(failure));
      close(context);
      return;
    }
    password = text.getBytes(StandardCharsets.ISO_8859_1);
    prompt(context);
    context.channel().config().setAutoRead(true);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, String line) {
    if (paying) {
      return;
    }
    if (MessageDigest.isEqual(password, line.getBytes(StandardCharsets.ISO_8859_1))) {
      cancelDeadline();
      write(context, GuestText.success("password is correct"));
      context.fireChannelActive();
      context.pipeline().remove(this);
      return;
    }
    tries++;
    LOG.warn("a wrong password for the operator socket from {}", context.channel().remoteAddress());
    if (HTTP.matcher(line).matches()) {
      close(context);
      return;
    }
    paying = true;
    var _ =
        context
            .executor()
            .schedule(() -> wrong(context), PENALTY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static @Nullable String reason(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    return cause == null ? null : cause.getMessage();
  }

  private void wrong(ChannelHandlerContext context) {
    paying = false;
    if (tries == TRIES) {
      close(context);
    } else {
      prompt(context);
    }
  }

  private static void prompt(ChannelHandlerContext context) {
    write(context, "ENTER PASSWORD:");
  }

  private static void write(ChannelHandlerContext context, String text) {
    var _ = context.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void close(ChannelHandlerContext context) {
    cancelDeadline();
    var _ = context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancelDeadline();
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    close(context);
  }
}

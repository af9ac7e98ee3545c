package org.hourgate.operator;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the password as OpenVPN does: a prompt without line end, three tries, no word about a
 * wrong one. Here each wrong one costs a second, and a browser is shut out at its first line. The
 * next handler learns of the connection when the password was right. On the connection's event
 * loop.
 */
final class GuestLogin extends SimpleChannelInboundHandler<String> {

  private static final int TRIES = 3;
  private static final Duration PENALTY = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Pattern HTTP = Pattern.compile("[A-Z]+ .* HTTP/[0-9.]+");
  private static final Logger LOG = LoggerFactory.getLogger(GuestLogin.class);

  private final byte[] password;
  private @Nullable Future<?> deadline;
  private int tries;
  private boolean paying;

  /**
   * Guards one connection.
   *
   * @param password its bytes as ISO-8859-1
   */
  GuestLogin(String password) {
    this.password = password.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(() -> close(context), LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    prompt(context);
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

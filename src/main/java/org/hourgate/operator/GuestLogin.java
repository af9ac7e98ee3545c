package org.hourgate.operator;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
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
  private static final int MOST_EARLY = 100;
  private static final Duration PENALTY = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Pattern HTTP = Pattern.compile("[A-Z]+ .* HTTP/[0-9.]+");
  private static final Logger LOG = LoggerFactory.getLogger(GuestLogin.class);

  private enum State {
    /** What the guest says meanwhile waits. */
    READING_PASSWORD,
    ASKING,
    PAYING,
    IN
  }

  private final Supplier<String> source;
  private final Executor mayBlock;
  private byte[] password = {};
  private final Queue<String> early = new ArrayDeque<>();
  private @Nullable Future<?> deadline;
  private State state = State.READING_PASSWORD;
  private int tries;
  private boolean inputShut;

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
    while (!early.isEmpty()) {
      channelRead0(context, early.remove());
    }
    if (inputShut) {
      inputShut(context);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, String line) {
    switch (state) {
      case READING_PASSWORD -> {
        early.add(line);
        if (early.size() > MOST_EARLY) {
          close(context);
        }
      }
      case ASKING -> tried(context, line);
      case PAYING -> {} // Said before it was asked again.
      case IN -> context.fireChannelRead(line);
    }
  }

  private void tried(ChannelHandlerContext context, String line) {
    if (MessageDigest.isEqual(password, line.getBytes(StandardCharsets.ISO_8859_1))) {
      cancelDeadline();
      state = State.IN;
      write(context, GuestText.success("password is correct"));
      context.fireChannelActive();
      return;
    }
    tries++;
    LOG.warn("a wrong password for the operator socket from {}", context.channel().remoteAddress());
    if (HTTP.matcher(line).matches()) {
      close(context);
      return;
    }
    state = State.PAYING;
    var _ =
        context
            .executor()
            .schedule(() -> wrong(context), PENALTY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whoever has closed its side can say no password any more, but may have commands waiting. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && state != State.IN) {
      inputShut = true;
      if (state == State.ASKING) {
        close(context);
      }
      return;
    }
    context.fireUserEventTriggered(event);
  }

  private void inputShut(ChannelHandlerContext context) {
    switch (state) {
      case IN -> context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      case ASKING -> close(context);
      case READING_PASSWORD, PAYING -> {} // Seen to afterwards.
    }
  }

  private static @Nullable String reason(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    return cause == null ? null : cause.getMessage();
  }

  private void wrong(ChannelHandlerContext context) {
    if (tries == TRIES || inputShut) {
      close(context);
    } else {
      prompt(context);
    }
  }

  private void prompt(ChannelHandlerContext context) {
    state = State.ASKING;
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
    if (state == State.IN) {
      context.fireExceptionCaught(cause);
    } else {
      close(context);
    }
  }
}

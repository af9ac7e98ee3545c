package org.hourgate.infrastructure.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: reads a request, answers it, reads the next. Each of the three steps has its
 * deadline, counted from the step's beginning, so a client that sends a byte now and then gains
 * nothing. On the connection's event loop.
 */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
  private static final int MAX_REQUESTS = 64;

  private final Router router;
  private final HttpServerSettings settings;
  private @Nullable ScheduledFuture<?> deadline;
  private final Queue<Supplier<CompletionStage<Response>>> waiting = new ArrayDeque<>();
  private boolean answering;
  private int requests;

  RequestHandler(Router router, HttpServerSettings settings) {
    this.router = router;
    this.settings = settings;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    awaitRequest(context);
  }

  private void awaitRequest(ChannelHandlerContext context) {
    answering = false;
    beginStep(context);
    Supplier<CompletionStage<Response>> next = waiting.poll();
    if (next == null) {
      context.read();
    } else {
      begin(context, next);
    }
  }

  /** Pipelined requests come together; the later ones wait, and nothing more is read. */
  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
    Supplier<CompletionStage<Response>> work = work(context, message);
    if (answering) {
      waiting.add(work);
    } else {
      begin(context, work);
    }
  }

  private Supplier<CompletionStage<Response>> work(
      ChannelHandlerContext context, FullHttpRequest message) {
    Throwable fault = message.decoderResult().cause();
    String uri = message.uri();
    if (fault != null || !uri.startsWith("/")) {
      Response refusal = fault == null ? malformed() : unreadable(fault);
      return () -> {
        requests = MAX_REQUESTS;
        return CompletableFuture.completedFuture(refusal);
      };
    }
    int question = uri.indexOf('?');
    Request request =
        new Request(
            message.method().name(),
            question < 0 ? uri : uri.substring(0, question),
            source(context, message),
            ByteBufUtil.getBytes(message.content()));
    return () -> router.route(request);
  }

  private void begin(ChannelHandlerContext context, Supplier<CompletionStage<Response>> work) {
    answering = true;
    requests++;
    beginStep(context);
    work.get()
        .thenAccept(
            response -> {
              if (context.executor().inEventLoop()) {
                answer(context, response);
              } else {
                context.executor().execute(() -> answer(context, response));
              }
            });
  }

  private static Response unreadable(Throwable fault) {
    if (fault instanceof TooLongHttpLineException) {
      return Response.problem(414, "too_large", "The address is too long.");
    }
    if (fault instanceof TooLongHttpHeaderException) {
      return Response.problem(431, "too_large", "The headers are too long.");
    }
    return malformed();
  }

  private static Response malformed() {
    return Response.problem(400, "bad_request", "This is no HTTP request.");
  }

  private InetAddress source(ChannelHandlerContext context, FullHttpRequest message) {
    InetAddress peer = ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
    return ForwardedFor.source(
        peer, message.headers().getAll("x-forwarded-for"), settings.trustedProxies());
  }

  private void answer(ChannelHandlerContext context, Response response) {
    boolean last = requests >= MAX_REQUESTS;
    beginStep(context);
    context
        .writeAndFlush(Messages.of(response, last))
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (!written.isSuccess() || last) {
                    close(context);
                  } else {
                    awaitRequest(context);
                  }
                });
  }

  private void beginStep(ChannelHandlerContext context) {
    cancelDeadline();
    deadline =
        context
            .executor()
            .schedule(() -> close(context), settings.step().toMillis(), TimeUnit.MILLISECONDS);
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

  /** Broken connections and failed handshakes are the other side's business: not worth a line. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean expected =
        cause instanceof IOException
            || cause instanceof io.netty.handler.codec.DecoderException
            || cause instanceof SSLException;
    if (expected) {
      LOG.debug(
          "connection from {} ended: {}", context.channel().remoteAddress(), cause.toString());
    } else {
      LOG.warn("connection from {} failed", context.channel().remoteAddress(), cause);
    }
    close(context);
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }
}

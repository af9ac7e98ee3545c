package org.hourgate.infrastructure.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.hourgate.infrastructure.net.SourceCap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: reads a request, answers it, reads the next. Each of the three steps has its
 * deadline, counted from the step's beginning, so a client that sends a byte now and then gains
 * nothing. An event stream is the last answer of its connection. On the connection's event loop.
 */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
  private static final int MAX_REQUESTS = 64;
  private static final Set<HttpVersion> VERSIONS =
      Set.of(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);

  private final Router router;
  private final HttpServerSettings settings;
  private final SourceCap streams;
  private @Nullable ScheduledFuture<?> deadline;
  private final Queue<Work> waiting = new ArrayDeque<>();
  private boolean answering;
  private int requests;
  private boolean last;

  RequestHandler(Router router, HttpServerSettings settings, SourceCap streams) {
    this.router = router;
    this.settings = settings;
    this.streams = streams;
  }

  /** What a message asks for. */
  private sealed interface Work {

    /**
     * @param last whether the client wants no more
     */
    record Serve(Request request, boolean last) implements Work {}

    /** Where the next message begins is not known any more. */
    record Refuse(Response refusal) implements Work {}
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    awaitRequest(context);
  }

  private void awaitRequest(ChannelHandlerContext context) {
    answering = false;
    beginStep(context);
    Work next = waiting.poll();
    if (next == null) {
      context.read();
    } else {
      begin(context, next);
    }
  }

  /** Pipelined requests come together; the later ones wait, and nothing more is read. */
  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
    Work work = work(context, message);
    if (answering) {
      waiting.add(work);
    } else {
      begin(context, work);
    }
  }

  private Work work(ChannelHandlerContext context, FullHttpRequest message) {
    Throwable fault = message.decoderResult().cause();
    if (fault != null) {
      return new Work.Refuse(unreadable(fault));
    }
    String uri = message.uri();
    if (!uri.startsWith("/")
        || !VERSIONS.contains(message.protocolVersion())
        || !hasProperHost(message)
        || message.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) { // Others than chunked.
      return new Work.Refuse(malformed());
    }
    int question = uri.indexOf('?');
    return new Work.Serve(
        new Request(
            message.method().name(),
            question < 0 ? uri : uri.substring(0, question),
            question < 0 ? "" : uri.substring(question + 1),
            headers(message.headers()),
            source(context, message),
            ByteBufUtil.getBytes(message.content())),
        message.protocolVersion().equals(HttpVersion.HTTP_1_0) || !HttpUtil.isKeepAlive(message));
  }

  /**
   * RFC 9112, 3.2: what has no Host or several is refused, and what has blanks in it, as a folded
   * line leaves them. What it says is of no interest.
   */
  private static boolean hasProperHost(FullHttpRequest message) {
    List<String> hosts = message.headers().getAll(HttpHeaderNames.HOST);
    return hosts.isEmpty()
        ? message.protocolVersion().equals(HttpVersion.HTTP_1_0)
        : hosts.size() == 1 && hosts.getFirst().chars().noneMatch(c -> c <= ' ' || c == ',');
  }

  private static Map<String, List<String>> headers(HttpHeaders headers) {
    Map<String, List<String>> byName = new HashMap<>();
    for (String name : headers.names()) {
      byName.put(name.toLowerCase(Locale.ROOT), headers.getAll(name));
    }
    return byName;
  }

  private void begin(ChannelHandlerContext context, Work work) {
    answering = true;
    requests++;
    beginStep(context);
    switch (work) {
      case Work.Refuse(Response refusal) -> {
        last = true;
        answer(context, refusal);
      }
      case Work.Serve(Request request, boolean wantsNoMore) -> {
        last = wantsNoMore || requests >= MAX_REQUESTS;
        router
            .route(request)
            .thenAccept(
                answer -> {
                  if (context.executor().inEventLoop()) {
                    answer(context, request, answer);
                  } else {
                    context.executor().execute(() -> answer(context, request, answer));
                  }
                });
      }
    }
  }

  private static Response unreadable(Throwable fault) {
    if (fault instanceof TooLongHttpLineException) {
      return Response.problem(414, "too_large", "The address is too long.");
    }
    if (fault instanceof TooLongHttpHeaderException) {
      return Response.problem(431, "too_large", "The headers are too long.");
    }
    if (fault instanceof TooLongFrameException) {
      return Response.problem(413, "too_large", "The body is longer than this address takes.");
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

  private void answer(ChannelHandlerContext context, Request request, Answer answer) {
    switch (answer) {
      case Response response -> answer(context, response);
      case EventStream stream -> {
        if (!context.channel().isActive()) {
          return;
        }
        if (request.method().equals("HEAD")) {
          answer(context, Response.empty(200).withHeader("content-type", Response.EVENT_STREAM));
        } else if (!streams.tryAcquire(request.source())) {
          answer(
              context,
              Response.problem(
                      429, "rate_limited", "Too many event streams are open. Close some of them.")
                  .withHeader("retry-after", "10"));
        } else {
          context.channel().closeFuture().addListener(closed -> streams.release(request.source()));
          cancelDeadline();
          OpenStream.begin(context, stream, settings.times());
        }
      }
    }
  }

  private void answer(ChannelHandlerContext context, Response response) {
    beginStep(context);
    context
        .writeAndFlush(Messages.of(response, last))
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (!written.isSuccess()) {
                    close(context);
                  } else if (last) {
                    cancelDeadline();
                    LingeringClose.begin(context, settings.times().linger());
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
            .schedule(
                () -> close(context), settings.times().step().toMillis(), TimeUnit.MILLISECONDS);
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
            || cause instanceof CodecException
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

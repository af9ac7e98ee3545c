package org.hourgate.infrastructure.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.infrastructure.net.SourceCap;

/** The handlers of one connection to a {@link Router}, without a socket. */
public final class BytesToAnswers {

  private static final int MOST_ANSWERED = 4 << 20;
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 4242);

  private BytesToAnswers() {}

  /** One answer, as a browser reads it. */
  public record Answer(int status, Optional<String> cookie, String body) {}

  /** Half of it can be closed, as of a socket. */
  private static final class Connection extends EmbeddedChannel implements DuplexChannel {
    private boolean outputShutdown;

    Connection(ChannelInitializer<?> handlers) {
      super(handlers);
    }

    @Override
    protected SocketAddress remoteAddress0() {
      return CLIENT;
    }

    @Override
    public boolean isInputShutdown() {
      return false;
    }

    @Override
    public ChannelFuture shutdownInput() {
      return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
      return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
      return outputShutdown;
    }

    @Override
    public ChannelFuture shutdownOutput() {
      return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
      outputShutdown = true;
      return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public ChannelFuture shutdown() {
      return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
      return shutdownOutput(promise);
    }
  }

  /** Feeds the bytes, in pieces of this length, and reads what comes back, if it can be read. */
  public static List<Answer> of(Router router, byte[] bytes, int pieces) {
    HttpServerSettings settings =
        HttpServerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    SourceCap streams = new SourceCap(1, 1, List.of());
    Connection connection =
        new Connection(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(io.netty.channel.Channel channel) {
                ChannelPipeline pipeline = channel.pipeline();
                HttpServer.addHttp(pipeline, router, settings, streams);
              }
            });
    connection.freezeTime();
    // Which answers have no body is known to whoever asked.
    boolean readable =
        !new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).contains("HEAD");
    EmbeddedChannel browser =
        new EmbeddedChannel(new HttpResponseDecoder(), new HttpObjectAggregator(MOST_ANSWERED));
    List<Answer> answers = new ArrayList<>();
    for (int from = 0; from < bytes.length && connection.isOpen(); from += pieces) {
      connection.writeInbound(
          Unpooled.copiedBuffer(bytes, from, Math.min(pieces, bytes.length - from)));
      connection.runPendingTasks();
      for (ByteBuf out = connection.readOutbound(); out != null; out = connection.readOutbound()) {
        if (readable) {
          browser.writeInbound(out);
        } else {
          out.release();
        }
      }
    }
    connection.checkException();
    connection.finishAndReleaseAll();
    browser.finish();
    for (FullHttpResponse response = browser.readInbound();
        response != null;
        response = browser.readInbound()) {
      if (response.decoderResult().isFailure()) {
        throw new IllegalStateException("no HTTP", response.decoderResult().cause());
      }
      if (response.status().code() == 100) {
        response.release(); // Not the answer yet.
        continue;
      }
      answers.add(
          new Answer(
              response.status().code(),
              Optional.ofNullable(response.headers().get("set-cookie")),
              response.content().toString(java.nio.charset.StandardCharsets.UTF_8)));
      response.release();
    }
    return answers;
  }
}

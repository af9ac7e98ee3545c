package org.hourgate.infrastructure.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hourgate.infrastructure.net.CidrBlock;
import org.hourgate.infrastructure.net.SourceCap;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.infrastructure.tls.ServerTls;

/**
 * Serves a {@link Router} at one address. No client can hold more than one request and one answer
 * of ours in memory, nor a connection longer than its deadlines: reading stops until the answer is
 * taken.
 */
public final class HttpServer implements AutoCloseable {

  private static final int MAX_REQUEST_LINE = 4 * 1024;
  private static final int MAX_HEADERS = 8 * 1024;
  private static final int MAX_BODY = 16 * 1024;
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(16 * 1024, 64 * 1024);

  private final Channel listener;
  private final Consumer<List<CidrBlock>> exempting;

  private HttpServer(Channel listener, Consumer<List<CidrBlock>> exempting) {
    this.listener = listener;
    this.exempting = exempting;
  }

  /** From now on no number per source binds these. */
  public void exempt(List<CidrBlock> sources) {
    exempting.accept(sources);
  }

  /**
   * Begins to listen.
   *
   * @param tls empty for plain HTTP
   * @throws IOException if the address can't be had
   */
  public static HttpServer start(
      EventLoops loops, HttpServerSettings settings, Optional<ServerTls> tls, Router router)
      throws IOException {
    HttpServerSettings.Caps caps = settings.caps();
    SourceCap connections =
        new SourceCap(caps.connections(), caps.connectionsPerSource(), List.of());
    SourceCap openings = new SourceCap(caps.handshakes(), caps.handshakesPerSource(), List.of());
    ConnectionCap cap = new ConnectionCap(connections, Channel::closeFuture);
    ConnectionCap handshakes =
        new ConnectionCap(
            openings, channel -> channel.pipeline().get(SslHandler.class).handshakeFuture());
    SourceCap streams = new SourceCap(caps.streams(), caps.streamsPerSource(), List.of());
    Consumer<List<CidrBlock>> exempting =
        blocks -> {
          List<CidrBlock> free =
              Stream.concat(blocks.stream(), settings.trustedProxies().stream()).toList();
          connections.exempt(free);
          openings.exempt(free);
          streams.exempt(blocks);
        };
    exempting.accept(settings.exempt());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(EpollChannelOption.IP_FREEBIND, settings.mayBeAbsent())
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    ChannelPipeline pipeline = channel.pipeline();
                    pipeline.addLast(cap);
                    tls.ifPresent(
                        server ->
                            pipeline.addLast(handshakes, tlsHandler(server, channel, settings)));
                    addHttp(pipeline, router, settings, streams);
                  }
                });
    var bound = bootstrap.bind(settings.listen()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "can't listen on "
              + NetUtil.toSocketAddressString(settings.listen())
              + ": "
              + bound.cause().getMessage());
    }
    return new HttpServer(bound.channel(), exempting);
  }

  private static SslHandler tlsHandler(
      ServerTls tls, Channel channel, HttpServerSettings settings) {
    SslHandler handler = tls.newHandler(channel.alloc());
    handler.setHandshakeTimeout(settings.times().tlsHandshake().toMillis(), TimeUnit.MILLISECONDS);
    return handler;
  }

  /** What turns bytes into requests, and answers them. */
  static void addHttp(
      ChannelPipeline pipeline, Router router, HttpServerSettings settings, SourceCap streams) {
    pipeline.addLast(new HttpServerCodec(decoderConfig()));
    pipeline.addLast(new RequestAggregator(MAX_BODY));
    pipeline.addLast(new RequestHandler(router, settings, streams));
  }

  private static HttpDecoderConfig decoderConfig() {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(MAX_REQUEST_LINE)
        .setMaxHeaderSize(MAX_HEADERS);
  }

  /** Where it listens; with the real port if 0 was asked for. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Stops listening; open connections end with the loops. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
  }
}

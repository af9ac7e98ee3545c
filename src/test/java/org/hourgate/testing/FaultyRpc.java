package org.hourgate.testing;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.hourgate.app.lab.LabGateway;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An Ethereum node's JSON-RPC address in front of a real node. It passes questions on, keeps and
 * counts them, and answers, delays, breaks or falsifies them as told; {@link Faults} has what goes
 * wrong with nodes and networks. Each question has a virtual thread of its own, so a behaviour may
 * block. Safe for any thread.
 */
public final class FaultyRpc implements AutoCloseable {

  private static final int MOST_BYTES_OF_A_QUESTION = 8 << 20;

  /** How to answer one question. One that returns without an answer leaves the asker waiting. */
  public interface Behaviour {
    void answer(Question question) throws IOException, InterruptedException;
  }

  private volatile URI upstream;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("faulty-rpc", true), NioIoHandler.newFactory());
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final ExecutorService questioners = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private final List<JsonNode> questions = new CopyOnWriteArrayList<>();
  private volatile Behaviour behaviour = Question::passOn;
  private final int port = LabGateway.freePort(); // It stays free while nobody listens.
  private @Nullable Channel server;

  private FaultyRpc(URI upstream) {
    this.upstream = upstream;
    server = listen();
  }

  /** An address in front of this node, which behaves well until told otherwise. */
  public static FaultyRpc before(URI node) {
    return new FaultyRpc(node);
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public void behave(Behaviour newBehaviour) {
    behaviour = newBehaviour;
  }

  /** Answers questions with this method so, and the others well. */
  public void behave(String method, Behaviour newBehaviour) {
    behaviour =
        question -> {
          if (question.method().equals(method)) {
            newBehaviour.answer(question);
          } else {
            question.passOn();
          }
        };
  }

  public void behaveWell() {
    behaviour = Question::passOn;
  }

  /** From now on another node stands behind this address. */
  public void redirect(URI node) {
    upstream = node;
  }

  /** Nobody listens any more: connections end and new ones are refused. */
  public synchronized void refuse() {
    if (server != null) {
      server.close().syncUninterruptibly();
      server = null;
      var _ = connections.close().awaitUninterruptibly();
    }
  }

  /** Listens again, on the same port. */
  public synchronized void accept() {
    if (server == null) {
      server = listen();
    }
  }

  public long asked(String method) {
    return questions.stream().filter(q -> method.equals(q.path("method").asString(""))).count();
  }

  /** The questions so far that name this wallet. */
  public long askedAbout(String walletHex) {
    return questions.stream().filter(q -> q.toString().contains(walletHex)).count();
  }

  @Override
  public void close() {
    refuse();
    questioners.shutdownNow();
    client.shutdownNow();
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private Channel listen() {
    return new ServerBootstrap()
        .group(group)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                connections.add(channel);
                channel
                    .pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(MOST_BYTES_OF_A_QUESTION))
                    .addLast(new Handler());
              }
            })
        .bind(InetAddress.getLoopbackAddress(), port)
        .syncUninterruptibly()
        .channel();
  }

  private final class Handler extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      String body = request.content().toString(StandardCharsets.UTF_8);
      var _ = questioners.submit(() -> handle(ctx.channel(), body));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }

  private void handle(Channel channel, String body) {
    JsonNode request = json.readTree(body);
    questions.add(request);
    try {
      behaviour.answer(new Question(channel, request));
    } catch (IOException e) {
      var _ = channel.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One question on its way. */
  public final class Question {
    private final Channel channel;
    private final JsonNode request;

    private Question(Channel channel, JsonNode request) {
      this.channel = channel;
      this.request = request;
    }

    public String method() {
      return request.path("method").asString("");
    }

    public JsonNode params() {
      return request.path("params");
    }

    public boolean mentions(String text) {
      return request.toString().contains(text);
    }

    /** How many blocks eth_getLogs asks for. */
    public long blocks() {
      JsonNode filter = params().get(0);
      if (filter.has("blockHash")) {
        return 1;
      }
      return Long.decode(filter.get("toBlock").asString())
          - Long.decode(filter.get("fromBlock").asString())
          + 1;
    }

    /** The same question with other parameters. */
    public Question withParams(JsonNode params) {
      ObjectNode changed = (ObjectNode) request.deepCopy();
      changed.set("params", params);
      return new Question(channel, changed);
    }

    /** What the real node says. */
    public String truth() throws IOException, InterruptedException {
      return client
          .send(
              HttpRequest.newBuilder(upstream)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                  .build(),
              java.net.http.HttpResponse.BodyHandlers.ofString())
          .body();
    }

    public void passOn() throws IOException, InterruptedException {
      reply(200, truth());
    }

    public void replace(UnaryOperator<String> change) throws IOException, InterruptedException {
      reply(200, change.apply(truth()));
    }

    /** Replies with this JSON text as the result. */
    public void result(String value) {
      reply(
          200, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}".formatted(request.get("id"), value));
    }

    public void error(int code, String message) {
      reply(
          200,
          "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":%d,\"message\":\"%s\"}}"
              .formatted(request.get("id"), code, message));
    }

    public void reply(int status, String body) {
      reply(status, body, "Content-Type", "application/json");
    }

    /** Replies with one header line besides. */
    public void reply(int status, String body, String header, String value) {
      ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
      var response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), bytes);
      response.headers().set(header, value);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, bytes.readableBytes());
      var _ = channel.writeAndFlush(response);
    }

    /** The truth, one byte after the other, with a pause after each. */
    public void drip(long pauseMillis) throws IOException, InterruptedException {
      byte[] body = truth().getBytes(StandardCharsets.UTF_8);
      writeHead(body.length, false);
      for (byte each : body) {
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
        write(Unpooled.wrappedBuffer(new byte[] {each}));
      }
      write(Unpooled.EMPTY_BUFFER);
      var _ = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** Streams this many zeros, compressed or not, with or without their number in front. */
    public void flood(long length, boolean announced, boolean compressed)
        throws IOException, InterruptedException {
      writeHead(announced ? length : -1, compressed);
      OutputStream body = new Body();
      try (OutputStream out = compressed ? new GZIPOutputStream(body) : body) {
        byte[] zeros = "0".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        for (long written = 0; written < length; written += zeros.length) {
          out.write(zeros);
        }
      }
      var _ = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** Ends the connection without an answer, by a TCP reset. */
    public void reset() {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      var _ = channel.close();
    }

    private void writeHead(long length, boolean compressed) {
      HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      if (length < 0) {
        head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      } else {
        head.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
      }
      if (compressed) {
        head.headers().set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
      }
      var _ = channel.writeAndFlush(head);
    }

    /** Waits until the bytes are written; fails if the asker has gone. */
    private void write(ByteBuf bytes) throws IOException, InterruptedException {
      if (!channel.writeAndFlush(new DefaultHttpContent(bytes)).await().isSuccess()) {
        throw new IOException("the asker has gone");
      }
    }

    private final class Body extends OutputStream {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        try {
          Question.this.write(Unpooled.copiedBuffer(bytes, from, length));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException(e);
        }
      }
    }
  }
}

package org.hourgate.management.fake;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hourgate.management.client.ManagementAddress;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for OpenVPN's management interface on a real socket. Unless told otherwise it behaves
 * like a server of 2.6.14: it serves one controller and lets the next wait in silence, keeps
 * clients by CID and KID, and answers each command as the daemon does.
 *
 * <pre>{@code
 * try (FakeOpenVpn openVpn = FakeOpenVpn.start()) {
 *   FakeVpnClient client = openVpn.connect("0x52…", "password");   // CONNECT
 *   assertThat(openVpn.takeCommand()).startsWith("client-auth 0 1");
 *   await().until(client::passesTraffic);
 * }
 * }</pre>
 *
 * <p>{@link #enqueue} scripts the reply to the next command, {@link #notify(String...)} writes any
 * lines, {@link #stall}, {@link #drop}, {@link #stop} and {@link #restart} break things. With
 * virtual time nothing happens later until {@link #advance}. Its methods may be called by any
 * thread; the daemon itself has one, as the real one.
 */
public final class FakeOpenVpn implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int READ_SIZE = 256;
  private static final int INPUT_BUFFER = 1024;

  /** Peer-info of an ordinary 2.6 client. */
  private static final Map<String, String> PEER_INFO = peerInfo();

  /** How the daemon was set up. */
  record Settings(
      boolean hold,
      boolean scripted,
      boolean virtualTime,
      boolean duplicateCommonNames,
      Optional<String> password,
      Duration disconnectDelay,
      Duration establishDelay,
      Duration handWindow,
      int logCache) {}

  private record Task(long dueNanos, long number, Runnable action) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      return dueNanos == other.dueNanos
          ? Long.compare(number, other.number)
          : Long.compare(dueNanos, other.dueNanos);
    }
  }

  private final Settings settings;
  private final InstantSource clock;
  private final @Nullable Path folder;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("fake-openvpn", true), NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();

  // Touched on the loop only.
  private final Deque<List<String>> scriptedReplies = new ArrayDeque<>();
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private final Deque<Connection> connections = new ArrayDeque<>();
  private FakeDaemon daemon;
  private @Nullable Channel server;
  private long virtualNanos;
  private long taskNumber;
  private boolean stalled;
  private boolean refusing;
  private int lastPid = 4711;
  private Consumer<String> commandListener = commands::add;

  private volatile ManagementAddress address;

  /** Starts a daemon on a unix socket in a new folder, in real time. */
  public static FakeOpenVpn start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** How to set up the daemon. */
  public static final class Builder {
    private boolean tcp;
    private boolean hold;
    private boolean scripted;
    private boolean virtualTime;
    private boolean duplicateCommonNames;
    private Optional<String> password = Optional.empty();
    private Duration disconnectDelay = Duration.ofSeconds(5);
    private Duration establishDelay = Duration.ZERO;
    private Duration handWindow = Duration.ofSeconds(60);
    private InstantSource clock = InstantSource.system();

    /** A port on loopback instead of a unix socket. */
    public Builder tcp() {
      tcp = true;
      return this;
    }

    /** {@code management-hold}. */
    public Builder hold() {
      hold = true;
      return this;
    }

    /** Answers nothing but what was enqueued. */
    public Builder scripted() {
      scripted = true;
      return this;
    }

    /** Time stands still but for {@link FakeOpenVpn#advance}. */
    public Builder virtualTime() {
      virtualTime = true;
      return this;
    }

    /** {@code duplicate-cn}. */
    public Builder duplicateCommonNames() {
      duplicateCommonNames = true;
      return this;
    }

    /** A password file behind {@code management}. */
    public Builder password(String value) {
      password = Optional.of(value);
      return this;
    }

    /** From a refusal, client-kill or good-bye to DISCONNECT; the real one takes 5 s. */
    public Builder disconnectDelay(Duration value) {
      disconnectDelay = value;
      return this;
    }

    /** From client-auth to ESTABLISHED. */
    public Builder establishDelay(Duration value) {
      establishDelay = value;
      return this;
    }

    /** {@code hand-window}: how long a CONNECT or REAUTH waits for its verdict. */
    public Builder handWindow(Duration value) {
      handWindow = value;
      return this;
    }

    /** Where unix times come from; virtual time is added. */
    public Builder clock(InstantSource value) {
      clock = value;
      return this;
    }

    public FakeOpenVpn start() {
      return new FakeOpenVpn(
          new Settings(
              hold,
              scripted,
              virtualTime,
              duplicateCommonNames,
              password,
              disconnectDelay,
              establishDelay,
              handWindow,
              1_000),
          tcp,
          clock);
    }
  }

  private FakeOpenVpn(Settings settings, boolean tcp, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    folder = tcp ? null : newFolder();
    address =
        folder == null
            ? new ManagementAddress.Tcp("127.0.0.1", 1)
            : new ManagementAddress.Unix(folder.resolve("m.sock"));
    daemon = new FakeDaemon(this, new Outside(), settings, lastPid);
    listen();
  }

  /** Where it listens. */
  public ManagementAddress address() {
    return address;
  }

  // Clients

  /**
   * A client logs in: prints a CONNECT. Control characters become underscores. While the daemon is
   * held this waits for the release.
   */
  public FakeVpnClient connect(String username, String password) {
    return connect(username, password, Map.of());
  }

  /** The same with more peer-info, or other values of the usual one. */
  public FakeVpnClient connect(String username, String password, Map<String, String> peerInfo) {
    Map<String, String> variables = new LinkedHashMap<>(PEER_INFO);
    variables.putAll(peerInfo);
    LinkedBlockingQueue<FakeVpnClient> connected = new LinkedBlockingQueue<>();
    run(
        model ->
            model.whenReleased(() -> connected.add(daemon.connect(username, password, variables))));
    return take(connected, "nobody released the hold");
  }

  /** A client tries to log in; its CONNECT comes now, or when the hold is released. */
  public void connectWhenReleased(String username, String password) {
    run(model -> model.whenReleased(() -> daemon.connect(username, password, PEER_INFO)));
  }

  /** The instances the daemon has, oldest first. */
  public List<FakeVpnClient> clients() {
    return call(model -> List.copyOf(model.clients()));
  }

  // The stream

  /** Writes lines as they are, whatever they say. */
  public void notify(String... lines) {
    run(
        model -> {
          for (String line : lines) {
            print(line);
          }
        });
  }

  /** Writes characters as they are (ISO-8859-1), without a line end. */
  public void write(String text) {
    run(model -> output(text));
  }

  /** Answers the next command with these lines, in place of the daemon; none is no answer. */
  public void enqueue(String... lines) {
    run(model -> scriptedReplies.add(List.of(lines)));
  }

  /** The next command, with the lines of its block, if any, behind it; waits for it. */
  public String takeCommand() {
    return take(commands, "no command came");
  }

  /** The commands that came and were not taken yet. */
  public List<String> drainCommands() {
    List<String> drained = new ArrayList<>();
    commands.drainTo(drained);
    return drained;
  }

  /** Hands each command, once it is carried out, to this listener instead; on the fake's thread. */
  public void onCommand(Consumer<String> listener) {
    run(model -> commandListener = listener);
  }

  /** Neither reads nor writes until {@link #resume}. */
  public void stall() {
    run(
        model -> {
          stalled = true;
          connections.forEach(connection -> connection.channel.config().setAutoRead(false));
        });
  }

  /** Ends {@link #stall}. */
  public void resume() {
    run(
        model -> {
          stalled = false;
          Connection served = connections.peek();
          if (served != null) {
            served.resume();
          }
        });
  }

  /** Runs a task on the fake's thread, as one step of the daemon. */
  public void inOneStep(Runnable task) {
    run(model -> task.run());
  }

  /** Closes the connection of the controller. */
  public void drop() {
    run(
        model -> {
          Connection served = connections.peek();
          if (served != null) {
            served.hangUp();
          }
        });
  }

  /** Closes each new connection at once, as {@code management-client-user} does. */
  public void refuseControllers(boolean refuse) {
    run(model -> refusing = refuse);
  }

  /** SIGUSR1: CIDs begin at 0 again on the same connection. */
  public void softRestart() {
    run(model -> model.softRestart("SIGUSR1"));
  }

  /** The process dies: no more socket, no more clients. */
  public void stop() {
    run(
        model -> {
          model.die();
          closeSocket();
        });
  }

  /** A new process at the same address. */
  public void restart() {
    stop();
    run(model -> daemon = new FakeDaemon(this, new Outside(), settings, ++lastPid));
    listen();
  }

  /** Lets virtual time pass; what is due happens in its order. */
  public void advance(Duration duration) {
    run(
        model -> {
          long until = virtualNanos + duration.toNanos();
          for (Task task = tasks.peek();
              task != null && task.dueNanos() <= until;
              task = tasks.peek()) {
            tasks.remove();
            virtualNanos = task.dueNanos();
            task.action().run();
          }
          virtualNanos = until;
        });
  }

  // What the daemon was told

  /** Whether it waits for {@code hold release}. */
  public boolean isHeld() {
    return call(FakeDaemon::isHeld);
  }

  /** Its process id. */
  public int pid() {
    return call(FakeDaemon::pid);
  }

  /** The level of {@code env-filter}. */
  public int envFilter() {
    return call(FakeDaemon::envFilter);
  }

  /** Whether a controller is served. */
  public boolean isAttached() {
    return call(
        model -> {
          Connection served = connections.peek();
          return served != null && served.verified;
        });
  }

  @Override
  public void close() {
    run(model -> closeSocket());
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
    if (folder != null) {
      try {
        Files.deleteIfExists(folder.resolve("m.sock"));
        Files.deleteIfExists(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  void run(Consumer<FakeDaemon> action) {
    var _ =
        call(
            model -> {
              action.accept(model);
              return true;
            });
  }

  <T> T call(Function<FakeDaemon, T> action) {
    return onLoop(() -> action.apply(daemon));
  }

  private <T> T onLoop(Callable<T> action) {
    try {
      return loop.inEventLoop()
          ? action.call()
          : loop.submit(action).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the fake failed", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the fake hangs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T take(BlockingQueue<T> queue, String complaint) {
    try {
      T element = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (element == null) {
        throw new AssertionError(complaint + " within " + PATIENCE.toSeconds() + " s");
      }
      return element;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  // Sockets

  private void listen() {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(
                folder == null ? NioServerSocketChannel.class : NioServerDomainSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Connection(channel));
                  }
                });
    Channel channel =
        switch (address) {
          case ManagementAddress.Unix(Path path) -> {
            try {
              Files.deleteIfExists(path);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            yield bootstrap.bind(UnixDomainSocketAddress.of(path)).syncUninterruptibly().channel();
          }
          case ManagementAddress.Tcp(String _, int port) ->
              bootstrap
                  .bind(InetAddress.getLoopbackAddress(), port == 1 ? 0 : port)
                  .syncUninterruptibly()
                  .channel();
        };
    if (channel.localAddress() instanceof InetSocketAddress socket) {
      address = new ManagementAddress.Tcp("127.0.0.1", socket.getPort());
    }
    run(model -> server = channel);
  }

  private void closeSocket() {
    if (server != null) {
      var _ = server.close();
      server = null;
    }
    List.copyOf(connections).forEach(Connection::hangUp);
  }

  private void print(String line) {
    output(line + "\r\n");
  }

  private void output(String text) {
    Connection served = connections.peek();
    if (served != null) {
      served.output(text);
    }
  }

  /** The daemon's view of this. */
  private final class Outside implements FakeDaemon.World {
    @Override
    public void print(String line) {
      Connection served = connections.peek();
      if (served != null && served.verified) {
        served.output(line + "\r\n");
      }
    }

    @Override
    public void hangUp() {
      drop();
    }

    @Override
    public void exit() {
      closeSocket();
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
      if (settings.virtualTime()) {
        tasks.add(new Task(virtualNanos + delay.toNanos(), taskNumber++, task));
      } else {
        var _ = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public long unixTime() {
      return clock.instant().plusNanos(virtualNanos).getEpochSecond();
    }
  }

  /** One controller, served or waiting. */
  private final class Connection extends ChannelInboundHandlerAdapter {

    private final Channel channel;
    private final ByteBuf input = Unpooled.buffer();
    private final StringBuilder line = new StringBuilder();
    private final StringBuilder output = new StringBuilder();
    private final StringBuilder block = new StringBuilder();
    private boolean flushScheduled;
    private boolean verified;
    private boolean closing;
    private int passwordTries;

    Connection(Channel channel) {
      this.channel = channel;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      if (refusing) {
        var _ = ctx.close();
        return;
      }
      connections.add(this);
      if (connections.peek() == this) {
        serve();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      closing = true;
      boolean served = connections.peek() == this;
      connections.remove(this);
      input.release();
      if (served) {
        daemon.detached();
        Connection next = connections.peek();
        if (next != null) {
          next.serve();
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      input.writeBytes(bytes);
      bytes.release();
      consume();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      // The daemon reads no command while output waits (manage.c man_update_io_state).
      channel.config().setAutoRead(channel.isWritable() && !stalled);
    }

    private void serve() {
      if (settings.password().isPresent()) {
        output("ENTER PASSWORD:");
      } else {
        verified = true;
        daemon.attached();
      }
      consume();
    }

    private void resume() {
      channel.config().setAutoRead(true);
      consume();
      scheduleFlush();
    }

    private void hangUp() {
      if (!closing) {
        closing = true;
        flush();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
    }

    private void consume() {
      while (connections.peek() == this && !stalled && !closing && input.isReadable()) {
        int end = input.readerIndex() + Math.min(READ_SIZE, input.readableBytes());
        while (input.readerIndex() < end) {
          add((char) (input.readByte() & 0xFF));
        }
        for (int lf = line.indexOf("\n"); lf >= 0 && !closing; lf = line.indexOf("\n")) {
          String text = line.substring(0, lf);
          line.delete(0, lf + 1);
          accept(text);
        }
      }
      if (!closing) {
        input.discardSomeReadBytes();
      }
    }

    /** {@code manage.c command_line_add}: drops control bytes, and all of an overlong line. */
    private void add(char c) {
      if (c != '\n' && (c < 0x20 || c == 0x7F)) {
        return;
      }
      if (line.length() == INPUT_BUFFER) {
        line.setLength(0);
      } else {
        line.append(c);
      }
    }

    private void accept(String text) {
      if (!verified) {
        checkPassword(text);
        return;
      }
      if (settings.scripted() || !scriptedReplies.isEmpty()) {
        script(text);
        return;
      }
      boolean wasInBlock = daemon.inBlock();
      daemon.command(text);
      record(text, wasInBlock, daemon.inBlock());
    }

    /** Replies in the daemon's place, and keeps blocks together as it does. */
    private void script(String text) {
      boolean inBlock = !block.isEmpty() ? !text.equals("END") : text.startsWith("client-auth ");
      record(text, !block.isEmpty(), inBlock);
      if (!inBlock && !scriptedReplies.isEmpty()) {
        scriptedReplies.remove().forEach(reply -> output(reply + "\r\n"));
      }
    }

    private void record(String text, boolean wasInBlock, boolean inBlock) {
      block.append(wasInBlock ? "\n" : "").append(text);
      if (!inBlock) {
        commandListener.accept(block.toString());
        block.setLength(0);
      }
    }

    /**
     * {@code manage.c man_check_password}: a wrong one gets the prompt again, the third nothing.
     */
    private void checkPassword(String text) {
      if (settings.password().equals(Optional.of(text))) {
        output("SUCCESS: password is correct\r\n");
        verified = true;
        daemon.attached();
      } else if (++passwordTries == 3) {
        hangUp();
      } else {
        output("ENTER PASSWORD:");
      }
    }

    private void output(String text) {
      output.append(text);
      scheduleFlush();
    }

    /** What is printed in one turn of the loop goes out in one piece. */
    private void scheduleFlush() {
      if (!flushScheduled) {
        flushScheduled = true;
        loop.execute(
            () -> {
              flushScheduled = false;
              if (!stalled) {
                flush();
              }
            });
      }
    }

    private void flush() {
      if (!output.isEmpty()) {
        var _ = channel.writeAndFlush(Unpooled.copiedBuffer(output, StandardCharsets.ISO_8859_1));
        output.setLength(0);
      }
    }
  }

  private static Path newFolder() {
    try {
      return Files.createTempDirectory("fake-openvpn");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> peerInfo() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("IV_COMP_STUBv2", "1");
    variables.put("IV_COMP_STUB", "1");
    variables.put("IV_LZO_STUB", "1");
    variables.put("IV_PROTO", "990");
    variables.put("IV_CIPHERS", "AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305");
    variables.put("IV_NCP", "2");
    variables.put("IV_MTU", "1600");
    variables.put("IV_TCPNL", "1");
    variables.put("IV_PLAT", "linux");
    variables.put("IV_VER", "2.6.14");
    return variables;
  }
}

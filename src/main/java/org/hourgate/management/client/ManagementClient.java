package org.hourgate.management.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.ManagementConnectionException;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Reply;
import org.jspecify.annotations.Nullable;

/**
 * A controller of one OpenVPN process: attaches to its management socket, stays attached, tells a
 * listener what happens and sends commands. It has one event loop with one thread of its own; the
 * listener and the stages of replies run there.
 *
 * <p>Epoch numbers rise over the life of a client and are never used twice. After {@link #close}
 * nothing is sent and the listener hears nothing.
 */
public final class ManagementClient implements ManagementConnection, AutoCloseable {

  private static final long CLOSE_MILLIS = 900;

  private final ManagementClientConfig config;
  private final RandomGenerator jitter;
  private final Transport transport;
  private final EventLoopGroup group;
  private final EventLoop eventLoop;
  private final ManagementCounters counters = new ManagementCounters();
  private final EpochCounter epochs = new EpochCounter();
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable CommandHandler commands;
  private volatile @Nullable ConnectionWatchdog watchdog;

  /**
   * Creates a client that does nothing until {@link #start}.
   *
   * @param jitter spreads the attempts of several clients
   */
  public ManagementClient(ManagementClientConfig config, RandomGenerator jitter) {
    this(config, jitter, Transport.best());
  }

  ManagementClient(ManagementClientConfig config, RandomGenerator jitter, Transport transport) {
    this.config = config;
    this.jitter = jitter;
    this.transport = transport;
    group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("management", true), transport.ioHandlers());
    eventLoop = group.next();
  }

  /** Begins to connect; returns at once. To be called once. */
  public void start(ManagementListener listener) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("started before");
    }
    ConnectionWatchdog watchdog =
        new ConnectionWatchdog(
            eventLoop,
            config,
            listener,
            counters,
            new ReconnectDelay(
                config.timeouts().firstRetry(), config.timeouts().lastRetry(), jitter),
            this::readPassword,
            (password, lastHandler) -> open(listener, password, lastHandler));
    this.watchdog = watchdog;
    eventLoop.execute(watchdog::connect);
  }

  @Override
  public CompletionStage<List<Reply>> send(CommandPriority priority, List<Command> commands) {
    return dispatch(null, priority, commands);
  }

  @Override
  public CompletionStage<List<Reply>> send(
      Epoch epoch, CommandPriority priority, List<Command> commands) {
    return dispatch(epoch, priority, commands);
  }

  /** What happened so far. */
  public ManagementCounters counters() {
    return counters;
  }

  /** Whether OpenVPN's greeting was read and the connection is not lost since. */
  public boolean isAttached() {
    return counters.attachments() > counters.losses();
  }

  /** How many commands of a priority wait for the socket. */
  public int waiting(CommandPriority priority) {
    CommandHandler present = commands;
    return present == null ? 0 : present.waiting(priority);
  }

  /** The loop that everything of this connection runs on, to see that it turns. */
  public ScheduledExecutorService loop() {
    return eventLoop;
  }

  /**
   * Leaves OpenVPN, whose sessions go on. Sends under way fail. Ends within a second; on the event
   * loop it returns at once and ends soon after.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    eventLoop.execute(
        () -> {
          if (watchdog != null) {
            watchdog.stop();
          }
          // Behind what closing the channel has put into the queue of the event loop.
          eventLoop.execute(
              () -> {
                var _ = group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
              });
        });
    if (!eventLoop.inEventLoop()) {
      var _ = group.terminationFuture().awaitUninterruptibly(CLOSE_MILLIS);
    }
  }

  private CompletionStage<List<Reply>> dispatch(
      @Nullable Epoch epoch, CommandPriority priority, List<Command> batch) {
    CommandHandler present = commands;
    if (present == null) {
      return CompletableFuture.failedStage(
          new ManagementConnectionException("not attached to OpenVPN"));
    }
    return present.send(epoch, priority, batch);
  }

  private ChannelFuture open(
      ManagementListener listener, Optional<String> password, ConnectionWatchdog watchdog) {
    CommandHandler handler = new CommandHandler(config, epochs, counters);
    commands = handler;
    return new Bootstrap()
        .group(eventLoop)
        .channel(transport.channelType(config.address()))
        // Answers to what was read go out before more is read: both sides work at the same time.
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1))
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) config.timeouts().connect().toMillis())
        .handler(
            new ManagementPipeline(config, listener, epochs, counters, password, handler, watchdog))
        .connect(transport.socketAddress(config.address()));
  }

  /** The password may lie on a disk: it is read on a thread that may wait for one. */
  private void readPassword(Consumer<Optional<String>> onRead, Consumer<Throwable> onFailure) {
    if (config.password().isEmpty()) {
      onRead.accept(Optional.empty());
      return;
    }
    Thread.ofVirtual()
        .name("management-password")
        .start(
            () -> {
              Runnable next = passwordRead(onRead, onFailure);
              try {
                eventLoop.execute(next);
              } catch (RejectedExecutionException e) {
                // Closed meanwhile: nobody waits for the password.
              }
            });
  }

  private Runnable passwordRead(Consumer<Optional<String>> onRead, Consumer<Throwable> onFailure) {
    try {
      String password = config.password().get().get();
      if (password.chars().anyMatch(Character::isISOControl)) {
        throw new PasswordRefusedException("the management password holds control characters");
      }
      return () -> onRead.accept(Optional.of(password));
    } catch (RuntimeException | Error e) {
      return () -> onFailure.accept(e);
    }
  }
}

package org.hourgate.management.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.FileNotFoundException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.hourgate.management.ManagementConnectionException;
import org.hourgate.management.ManagementListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps one client connected: opens the channel, is its last handler, closes it at the first
 * failure any handler reports, and opens the next one after a while. Commands of the lost channel
 * are not sent again.
 *
 * <p>Each loss is told to the listener exactly once, whoever closed; a failed attempt only if its
 * reason differs from what was told last. At most one channel is open or being opened. Event loop
 * only.
 */
@Sharable
final class ConnectionWatchdog extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionWatchdog.class);

  /** A connection that lived this long was sound: the next loss starts at the shortest delay. */
  private static final Duration SOUND = Duration.ofSeconds(5);

  private final EventLoop eventLoop;
  private final ManagementClientConfig config;
  private final ManagementListener listener;
  private final ManagementCounters counters;
  private final ReconnectDelay delay;
  private final PasswordReader passwords;
  private final Connector connector;
  private @Nullable Channel channel;
  private @Nullable Future<?> retry;
  private @Nullable Throwable failure;
  private boolean stopped;
  private boolean attached;
  private long attachedAt;
  private int failures;
  private String lastReason = "";

  /** Reads the password somewhere where one may block, and comes back to the event loop with it. */
  @FunctionalInterface
  interface PasswordReader {
    void read(Consumer<Optional<String>> onRead, Consumer<Throwable> onFailure);
  }

  /** Begins to open a channel with this watchdog at the end of its pipeline. */
  @FunctionalInterface
  interface Connector {
    ChannelFuture connect(Optional<String> password, ConnectionWatchdog watchdog);
  }

  ConnectionWatchdog(
      EventLoop eventLoop,
      ManagementClientConfig config,
      ManagementListener listener,
      ManagementCounters counters,
      ReconnectDelay delay,
      PasswordReader passwords,
      Connector connector) {
    this.eventLoop = eventLoop;
    this.config = config;
    this.listener = listener;
    this.counters = counters;
    this.delay = delay;
    this.passwords = passwords;
    this.connector = connector;
  }

  /** Makes the first attempt, or the next one. */
  void connect() {
    if (stopped) {
      return;
    }
    failure = null;
    passwords.read(this::connect, this::attemptFailed);
  }

  /** Closes for good. */
  void stop() {
    stopped = true;
    if (retry != null) {
      retry.cancel(false);
    }
    if (channel != null) {
      var _ = channel.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Greeted.EVENT) {
      attached = true;
      attachedAt = eventLoop.ticker().nanoTime();
      lastReason = "";
      counters.attachments.increment();
      LOG.info("attached to OpenVPN at {}", config.address());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    var _ = ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    channel = null;
    if (attached) {
      attached = false;
      boolean sound = eventLoop.ticker().nanoTime() - attachedAt > SOUND.toNanos();
      failures = sound ? 0 : failures;
      counters.losses.increment();
      tell(reason("OpenVPN closed the connection"));
      retryLater();
    } else {
      attemptFailed(
          failure != null
              ? failure
              : new ManagementConnectionException(
                  "OpenVPN closed the connection without a greeting: it may serve another user only"
                      + " (management-client-user, management-client-group)"));
    }
  }

  private void connect(Optional<String> password) {
    if (stopped) {
      return;
    }
    ChannelFuture connecting = connector.connect(password, this);
    channel = connecting.channel();
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            channel = null;
            attemptFailed(connectFailure(done.cause()));
          }
        });
  }

  private static ManagementConnectionException connectFailure(Throwable cause) {
    return new ManagementConnectionException("cannot connect: " + words(cause));
  }

  private static String words(Throwable cause) {
    if (cause instanceof FileNotFoundException) {
      return "there is no such socket";
    }
    String message = String.valueOf(cause.getMessage());
    // EAGAIN: OpenVPN's queue has room for two, and forgets nobody who hangs up (listen(2)).
    return message.contains("error(-11)") || message.contains("Resource temporarily unavailable")
        ? "another program holds the management interface, and others wait"
        : message;
  }

  private void attemptFailed(Throwable cause) {
    if (stopped) {
      return;
    }
    failure = cause;
    counters.failedAttempts.increment();
    String reason = reason("");
    if (!reason.equals(lastReason)) {
      tell(reason);
    }
    retryLater();
  }

  private void tell(String reason) {
    lastReason = reason;
    LOG.atLevel(stopped ? Level.INFO : Level.WARN)
        .log("not attached to OpenVPN at {}: {}", config.address(), reason);
    try {
      listener.detached(reason);
    } catch (RuntimeException | Error e) {
      counters.listenerFailures.increment();
      LOG.error("a management listener failed", e);
    }
  }

  private void retryLater() {
    if (stopped) {
      return;
    }
    Duration wait =
        failure instanceof PasswordRefusedException
            ? config.timeouts().passwordRetry()
            : delay.after(failures);
    failures++;
    retry = eventLoop.schedule(() -> connect(), wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  private String reason(String otherwise) {
    if (stopped) {
      return "closed by this program";
    }
    if (failure == null) {
      return otherwise;
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.toString() : message;
  }
}

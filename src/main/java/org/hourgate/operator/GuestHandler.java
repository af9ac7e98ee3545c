package org.hourgate.operator;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.timeout.WriteTimeoutException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.hourgate.gate.GateControl;
import org.hourgate.management.codec.CommandLexer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One guest, once it is known: greets it, answers its lines one after the other, passes on what it
 * asked for. A new line is taken when the answer to the last one is written, so a guest that does
 * not read stops itself; notices are dropped with the guest when a megabyte of them waits. On the
 * connection's event loop, but for {@link #notice}.
 */
final class GuestHandler extends SimpleChannelInboundHandler<String> implements Guest {

  /** So long a silence of OpenVPN means that it stands still. */
  private static final Duration PATIENCE = Duration.ofMillis(900);

  private static final int MAX_WAITING_NOTICES = 1024 * 1024;
  private static final String DOES_NOT_READ = "it does not read";
  private static final String GREETING =
      ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n";
  private static final Logger LOG = LoggerFactory.getLogger(GuestHandler.class);

  private final SharedDaemon daemon;
  private final GateControl gate;
  private final GuestRole role;
  private final Queue<String> lines = new ArrayDeque<>();
  private volatile @Nullable ChannelHandlerContext context;
  private @Nullable GuestCommands commands;
  private @Nullable GuestByteCount byteCount;
  private int waitingNotices;
  private boolean busy;
  private boolean ending;
  private boolean gone;

  GuestHandler(SharedDaemon daemon, GateControl gate, GuestRole role) {
    this.daemon = daemon;
    this.gate = gate;
    this.role = role;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    this.context = context;
    GuestByteCount counter = new GuestByteCount(daemon, this, context.executor());
    byteCount = counter;
    commands =
        new GuestCommands(
            daemon,
            new GuestKills(daemon, gate, introduced(context), context.executor()),
            role,
            new GuestCommands.Wishes() {
              @Override
              public void subscribe(GuestNotice.Topic topic, boolean on) {
                GuestHandler.this.subscribe(topic, on);
              }

              @Override
              public void countBytes(int seconds) {
                counter.every(seconds);
              }
            },
            context.executor());
    var _ = write(context, GREETING);
  }

  /** For the audit log: who wants to kill is asked for his name first. */
  private static Supplier<CompletionStage<String>> introduced(ChannelHandlerContext context) {
    Supplier<String> who = who(context);
    Peer peer = context.channel().attr(PeerCheck.PEER).get();
    return () ->
        peer == null
            ? CompletableFuture.completedFuture(who.get())
            : peer.introduced().thenApply(_ -> who.get());
  }

  private static Supplier<String> who(ChannelHandlerContext context) {
    Peer peer = context.channel().attr(PeerCheck.PEER).get();
    String address = "tcp=" + context.channel().remoteAddress();
    return () -> peer == null ? address : peer.described(Optional.empty());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, String line) {
    lines.add(line);
    next(context);
  }

  private void next(ChannelHandlerContext context) {
    while (!busy && !gone && !lines.isEmpty()) {
      run(context, lines.remove());
    }
    if (gone) {
      return;
    }
    if (!busy && ending) {
      end(context);
    } else {
      context.channel().config().setAutoRead(!busy);
    }
  }

  private void run(ChannelHandlerContext context, String line) {
    switch (CommandLexer.split(line)) {
      case CommandLexer.Refused(String text) -> answer(context, GuestText.error(text));
      case CommandLexer.Words(List<String> words) -> {
        if (words.isEmpty()) {
          return;
        }
        if (words.getFirst().equals("exit") || words.getFirst().equals("quit")) {
          end(context);
        } else if (commands != null) {
          Pending pending = new Pending(context);
          pending.await(commands.answer(words, pending::isDue));
        }
      }
    }
  }

  /**
   * An answer that is due. Given once: what comes after the deadline is thrown away. The deadline
   * runs from the last word of OpenVPN, so that one that has much to do is waited for.
   */
  private final class Pending {
    private final ChannelHandlerContext context;
    private @Nullable Future<?> check;
    private volatile boolean answered;

    Pending(ChannelHandlerContext context) {
      this.context = context;
    }

    /** Asked by any thread. */
    boolean isDue() {
      return !answered;
    }

    void await(CompletionStage<String> answer) {
      busy = true;
      checkIn(PATIENCE);
      var _ =
          answer.whenComplete(
              (text, failure) ->
                  context
                      .executor()
                      .execute(
                          () ->
                              answer(
                                  failure == null
                                      ? text
                                      : GuestText.error("the gate failed; see its log"))));
    }

    private void checkIn(Duration delay) {
      check = context.executor().schedule(this::check, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void check() {
      Duration left = PATIENCE.minus(daemon.silence());
      if (left.isPositive()) {
        checkIn(left.plusMillis(1));
      } else {
        answer(GuestText.error("OpenVPN does not answer"));
      }
    }

    private void answer(String text) {
      if (!answered) {
        answered = true;
        if (check != null) {
          check.cancel(false);
        }
        GuestHandler.this.answer(context, text);
      }
    }
  }

  private void answer(ChannelHandlerContext context, String text) {
    if (gone) {
      return;
    }
    busy = true;
    var _ = write(context, text).addListener(_ -> context.executor().execute(() -> ready(context)));
  }

  private void ready(ChannelHandlerContext context) {
    busy = false;
    next(context);
  }

  private void subscribe(GuestNotice.Topic topic, boolean on) {
    if (on) {
      daemon.subscribe(topic, this);
    } else {
      daemon.unsubscribe(topic, this);
    }
  }

  @Override
  public void notice(String text) {
    ChannelHandlerContext to = context;
    if (to != null) {
      to.executor().execute(() -> notice(to, text));
    }
  }

  private void notice(ChannelHandlerContext context, String text) {
    if (gone) {
      return;
    }
    waitingNotices += text.length();
    if (waitingNotices > MAX_WAITING_NOTICES) {
      drop(context, DOES_NOT_READ);
      return;
    }
    var _ = write(context, text).addListener(_ -> waitingNotices -= text.length());
  }

  private static ChannelFuture write(ChannelHandlerContext context, String text) {
    return context.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  /** Closes behind what is on its way. */
  private void end(ChannelHandlerContext context) {
    leave();
    var _ = context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  private void drop(ChannelHandlerContext context, String reason) {
    LOG.warn(
        "{} of the operator socket of {} dropped: {}",
        who(context).get(),
        daemon.instance(),
        reason);
    leave();
    var _ = context.close();
  }

  private void leave() {
    gone = true;
    lines.clear();
    daemon.leave(this);
    if (byteCount != null) {
      byteCount.stop();
    }
  }

  /** {@code echo status | nc}: what it said before it closed its side is answered. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !gone) {
      ending = true;
      next(context);
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    leave();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof WriteTimeoutException) {
      drop(context, DOES_NOT_READ);
    } else if (cause instanceof TooLongFrameException) {
      drop(context, String.valueOf(cause.getMessage()));
    } else {
      if (!(cause instanceof IOException)) {
        LOG.warn("a connection of the operator socket failed", cause);
      }
      leave();
      var _ = context.close();
    }
  }
}

package org.hourgate.management.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.hourgate.management.ClientId;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.CommandTimeoutException;
import org.hourgate.management.Epoch;
import org.hourgate.management.EpochEndedException;
import org.hourgate.management.ManagementConnectionException;
import org.hourgate.management.ManagementException;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.management.ManagementQueueFullException;
import org.hourgate.management.OvertakenByCutException;
import org.hourgate.management.Reply;
import org.hourgate.management.codec.CommandEncoder;
import org.hourgate.management.codec.ManagementMessage;
import org.jspecify.annotations.Nullable;

/**
 * Writes commands and gives each the reply that is its own. OpenVPN answers in the order of the
 * commands and numbers nothing, so each written command holds one place in a FIFO until its reply
 * is whole, also when nobody waits for it any more. A reply nobody is due to get is a broken
 * stream.
 *
 * <p>Invariant: no more than the window is written and unanswered, so a cut never waits behind more
 * than that; what is urgent goes first, but an accept is never written behind a kill of its client
 * that was sent later. {@link #send} may be called by any thread; all else happens on the event
 * loop.
 */
final class CommandHandler extends ChannelInboundHandlerAdapter {

  private static final Duration SWEEP = Duration.ofMillis(250);

  private enum State {
    BEFORE_GREETING,
    OPEN,
    BROKEN
  }

  /** A written command, its place among the unanswered ones and the lines it got so far. */
  private record Unanswered(
      Batch batch, Command command, int bytes, long writtenAt, ReplyCollector lines) {}

  private final ManagementClientConfig.Timeouts timeouts;
  private final ManagementClientConfig.Limits limits;
  private final EpochCounter epochs;
  private final ManagementCounters counters;
  private final OutboundQueue queue;
  private final AtomicLong sends = new AtomicLong();
  private final OvertakenAccepts overtaken = new OvertakenAccepts();
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final Queue<Unanswered> unanswered = new ArrayDeque<>();
  private int unansweredBytes;
  private long lastReplyAt;
  private @Nullable Future<?> sweep;
  private volatile State state = State.BEFORE_GREETING;
  private volatile @Nullable ChannelHandlerContext context;

  CommandHandler(ManagementClientConfig config, EpochCounter epochs, ManagementCounters counters) {
    this.timeouts = config.timeouts();
    this.limits = config.limits();
    this.epochs = epochs;
    this.counters = counters;
    this.queue = new OutboundQueue(limits);
  }

  /**
   * Queues commands for the socket; see {@link org.hourgate.management.ManagementConnection}.
   *
   * @param epoch null if the commands name no client
   */
  CompletionStage<List<Reply>> send(
      @Nullable Epoch epoch, CommandPriority priority, List<Command> commands) {
    ChannelHandlerContext ctx = context;
    long now = ctx == null ? 0 : ctx.executor().ticker().nanoTime();
    Batch batch =
        new Batch(
            priority, commands, epoch, now + timeouts.command().toNanos(), sends.incrementAndGet());
    if (ctx == null || state != State.OPEN) {
      batch.fail(notAttached());
    } else if (!queue.offer(batch)) {
      counters.refusedSends.increment();
      batch.fail(new ManagementQueueFullException(priority, queue.bound(priority)));
    } else {
      scheduleDrain(ctx);
    }
    return batch.stage();
  }

  /** How many commands of a priority wait for the socket. Safe for any thread. */
  int waiting(CommandPriority priority) {
    return queue.waiting(priority);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Greeted.EVENT) {
      state = State.OPEN;
      lastReplyAt = ctx.executor().ticker().nanoTime();
      sweep =
          ctx.executor()
              .scheduleWithFixedDelay(
                  () -> sweep(ctx), SWEEP.toNanos(), SWEEP.toNanos(), TimeUnit.NANOSECONDS);
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state != State.OPEN) {
      return;
    }
    switch ((ManagementMessage) message) {
      case ManagementMessage.Notified _ -> ctx.fireChannelRead(message);
      case ManagementMessage.ReplyLine(String text) -> {
        try {
          readReply(ctx, text);
        } catch (ManagementProtocolException e) {
          fail(ctx, e);
        }
      }
      case ManagementMessage.PasswordPrompt _ ->
          fail(ctx, new ManagementProtocolException("a password prompt after the greeting"));
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!queue.isEmpty()) {
      drain(ctx);
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    state = State.BROKEN;
    if (sweep != null) {
      sweep.cancel(false);
    }
    for (Unanswered command = unanswered.poll(); command != null; command = unanswered.poll()) {
      command.batch().fail(new ManagementConnectionException("the connection was lost"));
    }
    queue.failAll(CommandHandler::notAttached);
    ctx.fireChannelInactive();
  }

  private void readReply(ChannelHandlerContext ctx, String line) {
    Unanswered head = unanswered.peek();
    if (head == null) {
      throw new ManagementProtocolException("a reply to no command");
    }
    Reply reply = head.lines().accept(line).orElse(null);
    if (reply == null) {
      return;
    }
    if (ReplyOwner.isAnother(head.command(), reply)) {
      throw new ManagementProtocolException("a reply that names another command");
    }
    unanswered.remove();
    unansweredBytes -= head.bytes();
    lastReplyAt = ctx.executor().ticker().nanoTime();
    counters.answered(head.command(), lastReplyAt - head.writtenAt());
    head.batch().add(reply);
  }

  /** From here on nothing that comes can be trusted; the watchdog closes the channel. */
  private void fail(ChannelHandlerContext ctx, ManagementException reason) {
    state = State.BROKEN;
    ctx.fireExceptionCaught(reason);
  }

  /** All sends of one turn of the event loop go out in one write. */
  private void scheduleDrain(ChannelHandlerContext ctx) {
    if (!drainScheduled.compareAndSet(false, true)) {
      return;
    }
    try {
      ctx.executor()
          .execute(
              () -> {
                drainScheduled.set(false);
                drain(ctx);
              });
    } catch (RejectedExecutionException e) {
      // The client is closed: its event loop has ended.
      queue.failAll(CommandHandler::notAttached);
    }
  }

  private void drain(ChannelHandlerContext ctx) {
    if (state != State.OPEN) {
      queue.failAll(CommandHandler::notAttached);
      return;
    }
    ByteBuf out = ctx.alloc().buffer();
    while (unanswered.size() < limits.windowCommands() && unansweredBytes < limits.windowBytes()) {
      Batch batch = queue.poll();
      if (batch == null) {
        break;
      }
      Optional<ClientId> killed = overtaken.find(batch);
      if (batch.epoch != null && !batch.epoch.equals(epochs.current())) {
        counters.staleSends.increment();
        batch.fail(new EpochEndedException(batch.epoch));
      } else if (killed.isPresent()) {
        batch.fail(new OvertakenByCutException(killed.get()));
      } else if (!batch.isDone()) {
        overtaken.written(batch);
        encode(batch, out, ctx.executor().ticker().nanoTime());
      }
    }
    if (queue.isEmpty()) {
      overtaken.clear();
    }
    if (out.isReadable()) {
      ctx.writeAndFlush(out).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    } else {
      out.release();
    }
  }

  private void encode(Batch batch, ByteBuf out, long now) {
    for (Command command : batch.commands) {
      int before = out.writerIndex();
      CommandEncoder.encode(command, out);
      int bytes = out.writerIndex() - before;
      unansweredBytes += bytes;
      unanswered.add(
          new Unanswered(batch, command, bytes, now, new ReplyCollector(command.replyShape())));
    }
  }

  private void sweep(ChannelHandlerContext ctx) {
    long now = ctx.executor().ticker().nanoTime();
    queue.removeExpired(now, this::timeOut);
    unanswered.stream()
        .map(Unanswered::batch)
        .filter(batch -> !batch.isDone() && batch.deadline - now <= 0)
        .toList()
        .forEach(this::timeOut);
    Unanswered head = unanswered.peek();
    if (head != null) {
      long waitsSince = Math.max(lastReplyAt - now, head.writtenAt() - now);
      if (-waitsSince > timeouts.stall().toNanos()) {
        fail(
            ctx,
            new ManagementConnectionException(
                "no reply within " + timeouts.stall().toMillis() + " ms"));
      }
    }
  }

  private void timeOut(Batch batch) {
    if (batch.fail(new CommandTimeoutException(timeouts.command()))) {
      counters.timedOutSends.increment();
    }
  }

  private static ManagementException notAttached() {
    return new ManagementConnectionException("not attached to OpenVPN");
  }
}

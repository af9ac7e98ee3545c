package org.hourgate.management.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Reply;
import org.hourgate.management.codec.ManagementDecoder;

/**
 * The real handlers of one connection, without a socket or a thread: every step of the event loop
 * is taken when a test says so.
 */
public final class SteppedConnection implements ManagementConnection {

  private final MockTicker ticker = Ticker.newMockTicker();
  private final List<Throwable> failures = new ArrayList<>();
  private final ManagementCounters counters = new ManagementCounters();
  private final CommandHandler commands;
  private final EpochCounter epochs = new EpochCounter();
  private final ManagementClientConfig config =
      ManagementClientConfig.of(ManagementAddress.parse("unix:/none"));
  private EmbeddedChannel channel = new EmbeddedChannel();

  public SteppedConnection() {
    commands = new CommandHandler(config, epochs, counters);
  }

  /** Opens the connection, of which this listener hears. Called once, before all else. */
  public void open(ManagementListener listener) {
    channel =
        EmbeddedChannel.builder()
            .ticker(ticker)
            .handlers(
                new ManagementDecoder(counters.unparsedLines),
                new GreetingHandler(java.util.Optional.empty(), config.timeouts().greeting()),
                commands,
                new NotificationHandler(listener, epochs, counters),
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    failures.add(cause);
                  }
                })
            .build();
  }

  /** The event loop reads these bytes. Whatever was handed to it meanwhile still waits. */
  public void read(byte[] bytes) {
    channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(bytes));
    channel.pipeline().fireChannelReadComplete();
  }

  /** The event loop does what was handed to it. */
  public void runTasks() {
    channel.runPendingTasks();
  }

  /** Whether anything was handed to the event loop, or is due there. */
  public boolean hasTasks() {
    return channel.hasPendingTasks();
  }

  /** What was written since the last call, one line for each command, blocks included. */
  public String written() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      text.append(part.toString(StandardCharsets.ISO_8859_1));
      part.release();
    }
    return text.toString();
  }

  /** Lets time pass for the event loop, which comes to what is due with its next tasks. */
  public void pass(Duration duration) {
    ticker.advance(duration.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** What would have made the watchdog close the connection. */
  public List<Throwable> failures() {
    return failures;
  }

  /** How often the listener threw. */
  public long listenerFailures() {
    return counters.listenerFailures.sum();
  }

  public Epoch epoch() {
    return epochs.current();
  }

  /** The connection is lost. */
  public void close() {
    channel.finishAndReleaseAll();
  }

  @Override
  public CompletionStage<List<Reply>> send(CommandPriority priority, List<Command> batch) {
    return commands.send(null, priority, batch);
  }

  @Override
  public CompletionStage<List<Reply>> send(
      Epoch ofEpoch, CommandPriority priority, List<Command> batch) {
    return commands.send(ofEpoch, priority, batch);
  }
}

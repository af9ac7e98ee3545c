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
import java.util.Optional;
import org.hourgate.management.codec.ManagementDecoder;
import org.hourgate.testing.RecordingListener;

/** The handlers of one connection without a socket, on a clock that stands still. */
final class PipelineHarness implements AutoCloseable {

  static final String GREETING =
      ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n";

  final RecordingListener listener = new RecordingListener();
  final ManagementCounters counters = new ManagementCounters();
  final EpochCounter epochs = new EpochCounter();
  final CommandHandler commands;

  /** What would have made the watchdog close the channel. */
  final List<Throwable> failures = new ArrayList<>();

  private final MockTicker ticker = Ticker.newMockTicker();
  private final EmbeddedChannel channel;

  PipelineHarness() {
    this(ManagementClientConfig.Limits.DEFAULT, Optional.empty());
  }

  PipelineHarness(ManagementClientConfig.Limits limits, Optional<String> password) {
    ManagementClientConfig config =
        ManagementClientConfig.of(ManagementAddress.parse("unix:/none")).withLimits(limits);
    commands = new CommandHandler(config, epochs, counters);
    channel =
        EmbeddedChannel.builder()
            .ticker(ticker)
            .handlers(
                new ManagementDecoder(counters.unparsedLines),
                new GreetingHandler(password, config.timeouts().greeting()),
                commands,
                new NotificationHandler(listener, epochs, counters),
                new LivenessHandler(commands, config.timeouts()),
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    failures.add(cause);
                  }
                })
            .build();
  }

  /** A connection on which the greeting was read. */
  static PipelineHarness greeted() {
    return greeted(ManagementClientConfig.Limits.DEFAULT);
  }

  static PipelineHarness greeted(ManagementClientConfig.Limits limits) {
    PipelineHarness harness = new PipelineHarness(limits, Optional.empty());
    harness.read(GREETING);
    return harness;
  }

  /** OpenVPN writes this. */
  void read(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    channel.runPendingTasks();
  }

  /** What was written to OpenVPN since the last call, one element per write. */
  List<String> writes() {
    channel.runPendingTasks();
    List<String> writes = new ArrayList<>();
    for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
      writes.add(buffer.toString(StandardCharsets.ISO_8859_1));
      buffer.release();
    }
    return writes;
  }

  /** What was written to OpenVPN since the last call. */
  String written() {
    return String.join("", writes());
  }

  void advance(Duration duration) {
    // In steps, so that what repeats itself does so.
    for (long millis = duration.toMillis(); millis > 0; millis -= 100) {
      ticker.advanceMillis(Math.min(100, millis));
      channel.runScheduledPendingTasks();
    }
  }

  /** The connection is lost. */
  @Override
  public void close() {
    channel.finishAndReleaseAll();
  }
}

package org.hourgate.management.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.util.Optional;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.codec.ManagementDecoder;

/** The handlers of one connection, in the order in which bytes pass them. */
final class ManagementPipeline extends ChannelInitializer<Channel> {

  static final String DECODER = "decoder";
  static final String GREETING = "greeting";
  static final String COMMANDS = "commands";
  static final String NOTIFICATIONS = "notifications";
  static final String LIVENESS = "liveness";
  static final String WATCHDOG = "watchdog";

  private final ManagementClientConfig config;
  private final ManagementListener listener;
  private final EpochCounter epochs;
  private final ManagementCounters counters;
  private final Optional<String> password;
  private final CommandHandler commands;
  private final ConnectionWatchdog watchdog;

  ManagementPipeline(
      ManagementClientConfig config,
      ManagementListener listener,
      EpochCounter epochs,
      ManagementCounters counters,
      Optional<String> password,
      CommandHandler commands,
      ConnectionWatchdog watchdog) {
    this.config = config;
    this.listener = listener;
    this.epochs = epochs;
    this.counters = counters;
    this.password = password;
    this.commands = commands;
    this.watchdog = watchdog;
  }

  /**
   * Failures travel to the end: only the watchdog closes. Commands open before the listener hears
   * of the greeting, and fail before it hears of the loss.
   */
  @Override
  protected void initChannel(Channel channel) {
    channel
        .pipeline()
        .addLast(DECODER, new ManagementDecoder(counters.unparsedLines))
        .addLast(GREETING, new GreetingHandler(password, config.timeouts().greeting()))
        .addLast(COMMANDS, commands)
        .addLast(NOTIFICATIONS, new NotificationHandler(listener, epochs, counters))
        .addLast(LIVENESS, new LivenessHandler(commands, config.timeouts()))
        .addLast(WATCHDOG, watchdog);
  }
}

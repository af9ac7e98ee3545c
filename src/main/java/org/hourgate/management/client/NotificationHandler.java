package org.hourgate.management.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;
import org.hourgate.management.codec.ManagementMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listener what happens, and when a new epoch begins. A soft restart keeps the connection
 * and the pid but starts CIDs at 0 ({@code init.c} SIGUSR1, SIGHUP); it shows as {@code
 * >STATE:…,RECONNECTING}, as {@code >HOLD}, and at the latest as a CONNECT that its client can't
 * cause any more.
 *
 * <p>What the listener throws is logged and counted; the connection lives on. Event loop only.
 */
final class NotificationHandler extends SimpleChannelInboundHandler<ManagementMessage.Notified> {

  private static final Logger LOG = LoggerFactory.getLogger(NotificationHandler.class);
  private final ManagementListener listener;
  private final EpochCounter epochs;
  private final ManagementCounters counters;
  private final RecentConnects connects = new RecentConnects();

  NotificationHandler(
      ManagementListener listener, EpochCounter epochs, ManagementCounters counters) {
    this.listener = listener;
    this.epochs = epochs;
    this.counters = counters;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Greeted.EVENT) {
      Epoch epoch = epochs.next();
      call(() -> listener.attached(epoch));
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ManagementMessage.Notified message) {
    Notification notification = message.notification();
    counters.count(notification);
    if (beginsEpoch(notification)) {
      connects.clear();
      Epoch epoch = epochs.next();
      call(() -> listener.epochStarted(epoch));
    }
    remember(notification);
    Epoch epoch = epochs.current();
    call(() -> listener.notified(epoch, notification));
  }

  private boolean beginsEpoch(Notification notification) {
    return switch (notification) {
      case Notification.Hold _ -> true;
      case Notification.StateChange state -> state.name().equals("RECONNECTING");
      case Notification.ClientConnect connect -> connects.exclude(connect.client(), connect.key());
      case Notification.ClientReauth _,
          Notification.ClientEstablished _,
          Notification.ClientDisconnect _,
          Notification.ClientAddress _,
          Notification.ClientChallengeResponse _,
          Notification.ByteCount _,
          Notification.Info _,
          Notification.LogLine _,
          Notification.Fatal _,
          Notification.Unrecognized _ ->
          false;
    };
  }

  private void remember(Notification notification) {
    switch (notification) {
      case Notification.ClientConnect n -> connects.add(n.client(), n.key());
      case Notification.ClientReauth n -> connects.end(n.client());
      case Notification.ClientEstablished n -> connects.end(n.client());
      case Notification.ClientDisconnect n -> connects.end(n.client());
      case Notification.Hold _,
          Notification.StateChange _,
          Notification.ClientAddress _,
          Notification.ClientChallengeResponse _,
          Notification.ByteCount _,
          Notification.Info _,
          Notification.LogLine _,
          Notification.Fatal _,
          Notification.Unrecognized _ -> {}
    }
  }

  private void call(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException | Error e) {
      counters.listenerFailures.increment();
      LOG.error("a management listener failed", e);
    }
  }
}

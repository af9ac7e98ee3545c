package org.hourgate.management.client;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.hourgate.management.Command;
import org.hourgate.management.Notification;

/** What happened on the connections of one client since its start. Safe for any thread. */
public final class ManagementCounters {

  final LongAdder unparsedLines = new LongAdder();
  final LongAdder attachments = new LongAdder();
  final LongAdder losses = new LongAdder();
  final LongAdder failedAttempts = new LongAdder();
  final LongAdder timedOutSends = new LongAdder();
  final LongAdder staleSends = new LongAdder();
  final LongAdder refusedSends = new LongAdder();
  final LongAdder listenerFailures = new LongAdder();
  private volatile ReplyListener replies = (command, time) -> {};
  private final Map<String, LongAdder> notifications = new ConcurrentHashMap<>();

  ManagementCounters() {}

  void count(Notification notification) {
    notifications
        .computeIfAbsent(notification.getClass().getSimpleName(), type -> new LongAdder())
        .increment();
  }

  void answered(Command command, long nanos) {
    replies.answered(command, Duration.ofNanos(nanos));
  }

  /** Has each reply told, from now on, to one listener; on the event loop. */
  public void onReply(ReplyListener listener) {
    replies = listener;
  }

  /** Hears how long OpenVPN takes. Called on the event loop: return at once. */
  @FunctionalInterface
  public interface ReplyListener {

    /** A command has its whole reply, so long after it was written. */
    void answered(Command command, Duration time);
  }

  /** Notifications by the name of their record. */
  public Map<String, Long> notifications() {
    Map<String, Long> sums = new TreeMap<>();
    notifications.forEach((type, count) -> sums.put(type, count.sum()));
    return sums;
  }

  /** Lines with a known name and unreadable fields. */
  public long unparsedLines() {
    return unparsedLines.sum();
  }

  /** Greetings read. */
  public long attachments() {
    return attachments.sum();
  }

  /** Connections that ended after their greeting. */
  public long losses() {
    return losses.sum();
  }

  /** Attempts that ended without a greeting. */
  public long failedAttempts() {
    return failedAttempts.sum();
  }

  /** Sends without all their replies in time. */
  public long timedOutSends() {
    return timedOutSends.sum();
  }

  /** Sends not written because their epoch was over. */
  public long staleSends() {
    return staleSends.sum();
  }

  /** Sends refused because the queue of their priority was full. */
  public long refusedSends() {
    return refusedSends.sum();
  }

  /** Exceptions out of the listener. */
  public long listenerFailures() {
    return listenerFailures.sum();
  }
}

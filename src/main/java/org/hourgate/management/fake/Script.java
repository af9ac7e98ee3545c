package org.hourgate.management.fake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Stands between the controller and the daemon: keeps what was commanded for the test, and changes
 * what is answered if a test asked for that. Used on the fake's thread, apart from the queue.
 */
final class Script implements ControllerSocket.Dialogue {

  /** A line of a reply that waits. Two of the same text are not the same. */
  private static final class Late {
    final String line;

    Late(String line) {
      this.line = line;
    }
  }

  private final Settings settings;
  private final FakeOpenVpn openVpn;
  private final Timeline timeline;
  private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
  private final Deque<List<String>> replies = new ArrayDeque<>();
  private final StringBuilder block = new StringBuilder();
  private final Deque<Late> lateReplies = new ArrayDeque<>();
  private Consumer<String> listener = commands::add;
  private Duration replyDelay = Duration.ZERO;
  private int repliesToLose;
  private Runnable onNextAttachment = () -> {};
  private int attachments;
  private boolean answering;
  private boolean losing;

  Script(Settings settings, FakeOpenVpn openVpn, Timeline timeline) {
    this.settings = settings;
    this.openVpn = openVpn;
    this.timeline = timeline;
  }

  BlockingQueue<String> commands() {
    return commands;
  }

  void listen(Consumer<String> newListener) {
    listener = newListener;
  }

  void enqueue(List<String> lines) {
    replies.add(lines);
  }

  void loseReplies(int count) {
    repliesToLose = count;
  }

  /** What waits by the delay before comes now, so that replies keep their order. */
  void delayReplies(Duration delay) {
    lateReplies.forEach(late -> openVpn.socket().output(late.line + "\r\n"));
    lateReplies.clear();
    replyDelay = delay;
  }

  /** Forgets what it was told to change; who listens stays, and what came. */
  void behave() {
    replies.clear();
    delayReplies(Duration.ZERO);
    repliesToLose = 0;
    onNextAttachment = () -> {};
  }

  /** How often a controller has attached. */
  int attachments() {
    return attachments;
  }

  void onNextAttachment(Runnable task) {
    onNextAttachment = task;
  }

  @Override
  public void attached() {
    attachments++;
    openVpn.daemon().attached();
    Runnable task = onNextAttachment;
    onNextAttachment = () -> {};
    task.run();
  }

  @Override
  public void detached() {
    block.setLength(0);
    lateReplies.clear();
    openVpn.daemon().detached();
  }

  @Override
  public void take(String line) {
    if (settings.scripted() || !replies.isEmpty()) {
      replyInstead(line);
      return;
    }
    FakeDaemon daemon = openVpn.daemon();
    boolean wasInBlock = daemon.inBlock();
    answering = true;
    losing = repliesToLose > 0;
    daemon.command(line);
    answering = false;
    record(line, wasInBlock, daemon.inBlock());
  }

  /** What the daemon prints: replies may be late or lost, notifications are not. */
  void print(String line) {
    boolean reply = answering && !line.startsWith(">");
    if (reply && losing) {
      repliesToLose = Math.max(0, repliesToLose - 1);
    } else if (reply && !replyDelay.isZero()) {
      Late late = new Late(line);
      lateReplies.add(late);
      timeline.schedule(
          replyDelay,
          () -> {
            if (lateReplies.remove(late)) {
              openVpn.socket().output(line + "\r\n");
            }
          });
    } else {
      openVpn.socket().output(line + "\r\n");
    }
  }

  /** Replies in the daemon's place, and keeps blocks together as it does. */
  private void replyInstead(String line) {
    boolean wasInBlock = !block.isEmpty();
    boolean inBlock = wasInBlock ? !line.equals("END") : line.startsWith("client-auth ");
    record(line, wasInBlock, inBlock);
    if (!inBlock && !replies.isEmpty()) {
      replies.remove().forEach(reply -> openVpn.socket().output(reply + "\r\n"));
    }
  }

  private void record(String line, boolean wasInBlock, boolean inBlock) {
    block.append(wasInBlock ? "\n" : "").append(line);
    if (!inBlock) {
      listener.accept(block.toString());
      block.setLength(0);
    }
  }
}

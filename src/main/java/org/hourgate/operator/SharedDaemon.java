package org.hourgate.operator;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.hourgate.infrastructure.time.TimeSource;
import org.hourgate.management.Command;
import org.hourgate.management.CommandPriority;
import org.hourgate.management.Epoch;
import org.hourgate.management.ManagementConnection;
import org.hourgate.management.ManagementException;
import org.hourgate.management.ManagementListener;
import org.hourgate.management.Notification;
import org.hourgate.management.Reply;
import org.jspecify.annotations.Nullable;

/**
 * One OpenVPN process as many guests see it, over the one connection that the gate has.
 *
 * <p>The gate hears everything first. What guests ask within a fifth of a second is asked once and
 * answered to all of them, so that their number costs OpenVPN nothing. OpenVPN is told {@code log
 * on} while at least one guest wants the log; other wishes of guests change nothing there. Safe for
 * any thread.
 */
public final class SharedDaemon implements ManagementListener {

  private static final long FRESH_NANOS = Duration.ofMillis(200).toNanos();

  /** A question under way, or its answer, and what guests are given of it. */
  private record Question(
      Epoch epoch,
      long askedAt,
      CompletableFuture<Reply> reply,
      Map<ReplyForm, CompletableFuture<String>> texts) {}

  private final String instance;
  private final ManagementConnection connection;
  private final ManagementListener gate;
  private final TimeSource time;
  private final Map<Command, Question> questions = new HashMap<>();
  private final Map<GuestNotice.Topic, Set<Guest>> subscribers =
      new EnumMap<>(GuestNotice.Topic.class);
  private volatile @Nullable Epoch epoch;
  private volatile long heardAt;

  /**
   * Stands between a connection and the gate.
   *
   * @param gate who is told everything before any guest is
   */
  public SharedDaemon(
      String instance, ManagementConnection connection, ManagementListener gate, TimeSource time) {
    this.instance = instance;
    this.connection = connection;
    this.gate = gate;
    this.time = time;
    heardAt = time.nanoTime();
    for (GuestNotice.Topic topic : GuestNotice.Topic.values()) {
      subscribers.put(topic, ConcurrentHashMap.newKeySet());
    }
  }

  String instance() {
    return instance;
  }

  /** The present life of OpenVPN's server context; empty while we are not attached. */
  Optional<Epoch> epoch() {
    return Optional.ofNullable(epoch);
  }

  /**
   * Asks what changes nothing, or takes the answer that somebody else has just got.
   *
   * @return never completes exceptionally: what goes wrong is a {@link Reply.Failure}
   */
  synchronized CompletionStage<Reply> ask(Command command) {
    Epoch present = epoch;
    return present == null
        ? CompletableFuture.completedFuture(notAttached())
        : question(command, present).reply();
  }

  /**
   * The same as text. It is made once for all who want this form of this answer: with many sessions
   * it is long.
   *
   * @param executor where it is made, not where replies to the gate are read
   */
  synchronized CompletionStage<String> ask(Command command, ReplyForm form, Executor executor) {
    Epoch present = epoch;
    if (present == null) {
      return CompletableFuture.completedFuture(form.text(notAttached()));
    }
    Question question = question(command, present);
    return question
        .texts()
        .computeIfAbsent(form, _ -> question.reply().thenApplyAsync(form::text, executor));
  }

  /** Asks what changes nothing for whom an answer of a moment ago is not good enough. */
  synchronized CompletionStage<Reply> askAnew(Command command) {
    Epoch present = epoch;
    return present == null
        ? CompletableFuture.completedFuture(notAttached())
        : newQuestion(command, present, time.nanoTime()).reply();
  }

  private Question question(Command command, Epoch present) {
    long now = time.nanoTime();
    Question former = questions.get(command);
    return former != null
            && former.epoch().equals(present)
            && (!former.reply().isDone() || now - former.askedAt() < FRESH_NANOS)
        ? former
        : newQuestion(command, present, now);
  }

  private Question newQuestion(Command command, Epoch present, long now) {
    CompletableFuture<Reply> reply =
        only(connection.send(CommandPriority.STATUS, List.of(command))).toCompletableFuture();
    Question question = new Question(present, now, reply, new EnumMap<>(ReplyForm.class));
    questions.put(command, question);
    return question;
  }

  /** Sends what ends a client of this epoch; answers given so far are out of date with it. */
  CompletionStage<Reply> act(Epoch ofEpoch, Command command) {
    synchronized (this) {
      questions.clear();
    }
    return only(connection.send(ofEpoch, CommandPriority.OPERATOR, List.of(command)));
  }

  private CompletionStage<Reply> only(CompletionStage<List<Reply>> replies) {
    return replies
        .thenApply(
            all -> {
              heardAt = time.nanoTime();
              return all.getFirst();
            })
        .exceptionally(SharedDaemon::failure);
  }

  /** How long ago OpenVPN said anything. */
  Duration silence() {
    return Duration.ofNanos(time.nanoTime() - heardAt);
  }

  private static Reply failure(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return new Reply.Failure(
        cause instanceof ManagementException
            ? "OpenVPN can't be asked: " + cause.getMessage()
            : "the gate failed; see its log");
  }

  static Reply notAttached() {
    return new Reply.Failure("OpenVPN can't be asked: not attached to OpenVPN");
  }

  /** From now on the guest gets what belongs to the topic. */
  synchronized void subscribe(GuestNotice.Topic topic, Guest guest) {
    Set<Guest> guests = subscribers(topic);
    if (guests.add(guest) && guests.size() == 1 && topic == GuestNotice.Topic.LOG) {
      tell(new Command.LogOn());
    }
  }

  /** Ends {@link #subscribe}, if it was called. */
  synchronized void unsubscribe(GuestNotice.Topic topic, Guest guest) {
    Set<Guest> guests = subscribers(topic);
    if (guests.remove(guest) && guests.isEmpty() && topic == GuestNotice.Topic.LOG) {
      tell(new Command.LogOff());
    }
  }

  void leave(Guest guest) {
    for (GuestNotice.Topic topic : GuestNotice.Topic.values()) {
      unsubscribe(topic, guest);
    }
  }

  private void tell(Command command) {
    if (epoch != null) {
      var _ = connection.send(CommandPriority.STATUS, List.of(command));
    }
  }

  private Set<Guest> subscribers(GuestNotice.Topic topic) {
    return Objects.requireNonNull(subscribers.get(topic));
  }

  @Override
  public void attached(Epoch begun) {
    gate.attached(begun);
    synchronized (this) {
      epoch = begun;
      if (!subscribers(GuestNotice.Topic.LOG).isEmpty()) {
        tell(new Command.LogOn());
      }
    }
  }

  @Override
  public void epochStarted(Epoch begun) {
    epoch = begun;
    gate.epochStarted(begun);
  }

  @Override
  public void notified(Epoch of, Notification notification) {
    gate.notified(of, notification);
    heardAt = time.nanoTime();
    boolean wanted =
        GuestNotice.topic(notification).filter(topic -> !subscribers(topic).isEmpty()).isPresent();
    if (wanted) {
      GuestNotice.of(notification)
          .ifPresent(
              notice -> subscribers(notice.topic()).forEach(guest -> guest.notice(notice.text())));
    }
  }

  @Override
  public void detached(String reason) {
    epoch = null;
    gate.detached(reason);
  }
}

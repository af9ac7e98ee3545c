package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.infrastructure.time.SerialExecutor;

/**
 * Reads wallets once more just before their time ends, so that time bought in the last second
 * counts. A few are read {@link #LATEST} before the end. The more there are, and the longer the
 * nodes take, the sooner it begins; each part counts as soon as it is read, and what had to be read
 * early is read again, as late as there is time for by the speed of the first look. A look that
 * fails is repeated. Nobody's end waits for a look. Touched by the gate's thread alone.
 */
final class LastLooks {

  /** When to tell of a session: no look begins sooner before its end. */
  static final Duration EARLIEST = Duration.ofSeconds(5);

  /** When few are looked at, unless the nodes are slow. */
  static final Duration LATEST = Duration.ofMillis(700);

  /** An answer should be there so long before the end, to be applied in time. */
  private static final Duration SPARE = Duration.ofMillis(350);

  static final int BATCH = EntitlementLedger.WALLETS_PER_CALL;
  static final int AT_ONCE = 4;

  /** A read that takes longer no longer keeps others from beginning. */
  private static final Duration SLOW = Duration.ofSeconds(1);

  /** A node that has answered about a few wallets takes longer for a whole batch. */
  static final Duration SHORTEST_ESTIMATE = Duration.ofMillis(100);

  private static final Duration GATHERING = Duration.ofMillis(20);
  private static final Duration RETRY = Duration.ofMillis(100);

  /** Ends this close together are one crowd. */
  private static final long CROWD_MILLIS = 100;

  private final SerialExecutor gateThread;
  private final GateClock clock;
  private final EntitlementLedger ledger;
  private final BiConsumer<WalletAddress, Entitlement> found;
  private final NavigableMap<Instant, Crowd> crowds = new TreeMap<>();
  private final Set<Session> underWay = new HashSet<>();
  private Duration answerTime = SHORTEST_ESTIMATE;
  private int reads;
  private boolean gathering;
  private SerialExecutor.Timer nextBegin = () -> {};

  /** Sessions that end together. */
  private static final class Crowd {
    private final Set<Session> unseen = new LinkedHashSet<>();
    private final Queue<Seen> seen = new ArrayDeque<>();
    private Instant begin = Instant.MAX;
    private Instant beginAgain = Instant.MAX;

    /** Whether anybody was last looked at before this. */
    boolean hasSeenBefore(Instant time) {
      return !seen.isEmpty() && seen.element().at().isBefore(time);
    }
  }

  /** A session and when its wallet was last read. */
  private record Seen(Session session, Instant at) {}

  /**
   * Prepares to look.
   *
   * @param found told what a look has found, on the gate's thread
   */
  LastLooks(
      SerialExecutor gateThread,
      GateClock clock,
      EntitlementLedger ledger,
      BiConsumer<WalletAddress, Entitlement> found) {
    this.gateThread = gateThread;
    this.clock = clock;
    this.ledger = ledger;
    this.found = found;
  }

  /** The session ends soon: its wallet is looked at before. */
  void add(Session session) {
    crowds.computeIfAbsent(crowdOf(session), _ -> new Crowd()).unseen.add(session);
    if (!gathering) {
      gathering = true;
      gateThread.schedule(
          GATHERING,
          () -> {
            gathering = false;
            lookOn();
          });
    }
  }

  /** Whether an answer about the session's wallet is awaited. */
  boolean isUnderWay(Session session) {
    return underWay.contains(session);
  }

  private static Instant crowdOf(Session session) {
    long millis = session.paidUntil().toEpochMilli();
    return Instant.ofEpochMilli(millis - Math.floorMod(millis, CROWD_MILLIS));
  }

  /** Begins as many reads as may be under way, and waits for the next crowd's time or its end. */
  private void lookOn() {
    Instant now = clock.now();
    crowds.headMap(now, /* inclusive= */ true).clear();
    Instant next = crowds.isEmpty() ? Instant.MAX : crowds.lastKey();
    int unseen = 0;
    int seen = 0;
    for (var entry : crowds.entrySet()) {
      Instant end = entry.getKey();
      Crowd crowd = entry.getValue();
      unseen += crowd.unseen.size();
      seen += crowd.seen.size();
      crowd.begin = end.minus(lead(unseen, estimate()));
      crowd.beginAgain = end.minus(lead(seen, answerTime));
      if (!crowd.unseen.isEmpty()) {
        next = earliestAfter(now, crowd.begin, next);
      }
      if (crowd.hasSeenBefore(end.minus(leadOfOneRound()))) {
        next = earliestAfter(now, crowd.beginAgain, next);
      }
    }
    nextBegin.cancel();
    if (next.isBefore(Instant.MAX)) {
      nextBegin = gateThread.schedule(Duration.between(now, next), this::lookOn);
    }
    while (reads < AT_ONCE) {
      List<Session> batch = nextBatch(now);
      if (batch.isEmpty()) {
        return;
      }
      read(batch, now);
    }
  }

  private static Instant earliestAfter(Instant now, Instant one, Instant other) {
    return one.isAfter(now) && one.isBefore(other) ? one : other;
  }

  /** How long before the end to begin with so many, where a batch takes so long. */
  private Duration lead(int sessions, Duration batchTime) {
    int rounds = Math.max(0, sessions - 1) / (BATCH * AT_ONCE);
    Duration lead = leadOfOneRound().plus(batchTime.multipliedBy(rounds));
    return lead.compareTo(EARLIEST) < 0 ? lead : EARLIEST;
  }

  private Duration leadOfOneRound() {
    Duration needed = estimate().plus(SPARE);
    return needed.compareTo(LATEST) > 0 ? needed : LATEST;
  }

  private Duration estimate() {
    return answerTime.compareTo(SHORTEST_ESTIMATE) > 0 ? answerTime : SHORTEST_ESTIMATE;
  }

  /** Those never looked at, the next to end first; then those looked at too early. */
  private List<Session> nextBatch(Instant now) {
    List<Session> batch = new ArrayList<>();
    crowds.forEach(
        (end, crowd) -> {
          Iterator<Session> unseen = crowd.unseen.iterator();
          while (!crowd.begin.isAfter(now) && batch.size() < BATCH && unseen.hasNext()) {
            addIfOfCrowd(batch, unseen.next(), end);
            unseen.remove();
          }
        });
    crowds.forEach(
        (end, crowd) -> {
          Instant late = end.minus(leadOfOneRound());
          while (!crowd.beginAgain.isAfter(now)
              && batch.size() < BATCH
              && crowd.hasSeenBefore(late)) {
            addIfOfCrowd(batch, crowd.seen.remove().session(), end);
          }
        });
    return batch;
  }

  private static void addIfOfCrowd(List<Session> batch, Session session, Instant end) {
    boolean there = session.ending().isEmpty() && !session.ended().isDone();
    if (there && crowdOf(session).equals(end)) {
      batch.add(session);
    }
  }

  private void read(List<Session> batch, Instant now) {
    long began = clock.nanoTime();
    underWay.addAll(batch);
    reads++;
    SerialExecutor.Timer[] slow = new SerialExecutor.Timer[1];
    boolean[] counts = {true};
    Runnable release =
        () -> {
          if (counts[0]) {
            counts[0] = false;
            reads--;
          }
        };
    slow[0] =
        gateThread.schedule(
            SLOW,
            () -> {
              release.run();
              lookOn();
            });
    Following.run(
        "the last look",
        ledger.readLatest(
            batch.stream().map(Session::wallet).collect(Collectors.toUnmodifiableSet())),
        gateThread,
        (reading, _) -> {
          slow[0].cancel();
          release.run();
          batch.forEach(underWay::remove);
          if (reading instanceof EntitlementLedger.Reading.Complete complete) {
            Duration took = Duration.ofNanos(clock.nanoTime() - began);
            answerTime = answerTime.multipliedBy(3).plus(took).dividedBy(4);
            complete.entitlements().forEach(found);
            batch.forEach(session -> keep(session, now));
            lookOn();
          } else {
            gateThread.schedule(RETRY, () -> repeat(batch));
          }
        });
  }

  private void keep(Session session, Instant readAt) {
    Crowd crowd = crowds.get(crowdOf(session));
    if (crowd != null) {
      crowd.seen.add(new Seen(session, readAt));
    }
  }

  /** Without a reading the known end holds. */
  private void repeat(List<Session> batch) {
    for (Session session : batch) {
      Crowd crowd = crowds.get(crowdOf(session));
      if (crowd != null) {
        crowd.unseen.add(session);
      }
    }
    lookOn();
  }
}

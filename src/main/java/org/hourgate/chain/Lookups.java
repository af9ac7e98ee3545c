package org.hourgate.chain;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.entitlement.EntitlementLedger.Answer;
import org.hourgate.infrastructure.time.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions about single wallets: from memory while that is fresh, otherwise by reads that
 * collect what is asked within a few milliseconds. A wallet is in at most one read at a time. What
 * was read before {@link #invalidate} is neither kept nor answered. Failures are never kept; while
 * nothing can be read, a wallet with time ahead that was read lately is answered from memory.
 *
 * <p>Safe for any thread; reads run on virtual threads of their own.
 */
final class Lookups {

  private static final Logger log = LoggerFactory.getLogger(Lookups.class);

  private static final Duration COLLECT = Duration.ofMillis(5);

  /** A wallet that was not found paid is read again no sooner. */
  private static final Duration PACE = Duration.ofMillis(500);

  private static final int BATCH = EntitlementLedger.WALLETS_PER_CALL;
  private static final int READS_AT_ONCE = 4;
  private static final int MAX_WAITING = 20_000;
  private static final int MAX_REMEMBERED = 100_000;

  /** An event per read is bad luck; after so many reads the answer is given, but not kept. */
  private static final int MAX_READS = 3;

  private static final Duration FRESH_IF_PAID = Duration.ofMinutes(5);
  private static final Duration STANDBY = Duration.ofMinutes(15);

  private sealed interface Outcome {
    record Read(Remembered reading) implements Outcome {}

    record Failed(String reason) implements Outcome {}
  }

  private static final class Question {
    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    int reads;
    boolean outdated;
  }

  private final ChainConfig config;
  private final TimeSource time;
  private final Opinions opinions;
  private final AccessReader.View view;
  private final Object lock = new Object();
  private volatile long followedTo;

  // All guarded by lock.
  private final Cache<WalletAddress, Remembered> memory;

  /** When those were asked about of whom no time was found. */
  private final Cache<WalletAddress, Long> turnedAway;

  private final Map<WalletAddress, Question> waiting = new LinkedHashMap<>();
  private final Map<WalletAddress, Question> asked = new HashMap<>();
  private final Map<WalletAddress, Question> paused = new HashMap<>();
  private int readers;

  Lookups(ChainConfig config, TimeSource time, Opinions opinions, AccessReader reader) {
    this.config = config;
    this.time = time;
    this.opinions = opinions;
    view = reader.viewOfWhatCounts();
    memory =
        Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(STANDBY)
            .ticker(time::nanoTime)
            .executor(Runnable::run)
            .build();
    turnedAway =
        Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(PACE)
            .ticker(time::nanoTime)
            .executor(Runnable::run)
            .build();
  }

  CompletionStage<Answer> ask(WalletAddress wallet) {
    Question question;
    boolean first = false;
    boolean full = false;
    Optional<Duration> pause = Optional.empty();
    synchronized (lock) {
      Remembered known = memory.getIfPresent(wallet);
      if (known != null && isFresh(known)) {
        return CompletableFuture.completedFuture(known.toAnswer());
      }
      question =
          Stream.of(waiting, asked, paused)
              .flatMap(questions -> Stream.ofNullable(questions.get(wallet)))
              .findFirst()
              .orElse(null);
      if (question == null) {
        if (waiting.size() + paused.size() >= MAX_WAITING) {
          return CompletableFuture.completedFuture(
              fallback(wallet, "too many wallets wait for the chain"));
        }
        question = new Question();
        question.outcome.completeOnTimeout(
            new Outcome.Failed(
                "no answer from the chain within " + config.answerTimeout().toMillis() + " ms"),
            config.answerTimeout().toMillis(),
            TimeUnit.MILLISECONDS);
        pause = Optional.ofNullable(turnedAway.getIfPresent(wallet)).flatMap(this::pause);
        (pause.isPresent() ? paused : waiting).put(wallet, question);
        first = waiting.size() == 1;
        full = waiting.size() == BATCH;
      }
    }
    if (pause.isPresent()) {
      later(pause.get(), () -> resume(wallet));
    } else if (full) {
      startReader();
    } else if (first) {
      later(COLLECT, this::startReader);
    }
    return question.outcome.thenApply(
        outcome ->
            switch (outcome) {
              case Outcome.Read(Remembered reading) -> reading.toAnswer();
              case Outcome.Failed(String reason) -> fallback(wallet, reason);
            });
  }

  private static void later(Duration delay, Runnable task) {
    CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS).execute(task);
  }

  private Optional<Duration> pause(long turnedAwayNanos) {
    return Optional.of(PACE.minusNanos(time.nanoTime() - turnedAwayNanos))
        .filter(Duration::isPositive);
  }

  private void resume(WalletAddress wallet) {
    synchronized (lock) {
      Question question = paused.remove(wallet);
      if (question == null) {
        return;
      }
      waiting.put(wallet, question);
    }
    startReader();
  }

  Optional<Remembered> remembered(WalletAddress wallet) {
    synchronized (lock) {
      return Optional.ofNullable(memory.getIfPresent(wallet));
    }
  }

  void remember(WalletAddress wallet, Remembered reading) {
    synchronized (lock) {
      memory.put(wallet, reading);
    }
  }

  /** Notes the newest block that was followed. */
  void followedTo(long head) {
    followedTo = head;
  }

  /** Forgets these wallets: the chain says that something about them changed. */
  void invalidate(Collection<WalletAddress> wallets) {
    synchronized (lock) {
      for (WalletAddress wallet : wallets) {
        memory.invalidate(wallet);
        turnedAway.invalidate(wallet);
        Question question = asked.get(wallet);
        if (question != null) {
          question.outdated = true;
        }
      }
    }
  }

  /** Forgets everything. */
  void invalidateAll() {
    synchronized (lock) {
      memory.invalidateAll();
      turnedAway.invalidateAll();
      asked.values().forEach(question -> question.outdated = true);
    }
  }

  private void startReader() {
    synchronized (lock) {
      if (readers == READS_AT_ONCE) {
        return;
      }
      readers++;
    }
    Thread.ofVirtual().name("chain-lookup").start(this::readWhatWaits);
  }

  private void readWhatWaits() {
    while (true) {
      Map<WalletAddress, Question> batch = takeBatch();
      if (batch.isEmpty()) {
        return;
      }
      read(batch);
    }
  }

  /** Returns what to read next; if that is nothing, this reader has ended. */
  private Map<WalletAddress, Question> takeBatch() {
    synchronized (lock) {
      Map<WalletAddress, Question> batch = new LinkedHashMap<>();
      Iterator<Map.Entry<WalletAddress, Question>> next = waiting.entrySet().iterator();
      while (next.hasNext() && batch.size() < BATCH) {
        Map.Entry<WalletAddress, Question> entry = next.next();
        batch.put(entry.getKey(), entry.getValue());
        next.remove();
      }
      asked.putAll(batch);
      if (batch.isEmpty()) {
        readers--;
      }
      return batch;
    }
  }

  private void read(Map<WalletAddress, Question> batch) {
    Instant readAt = time.wallTime();
    long readNanos = time.nanoTime();
    try {
      long head = followedTo;
      Opinions.Outcome outcome =
          opinions.ask(
              batch.keySet(),
              view,
              head > 0 ? Optional.of(head) : Optional.empty(),
              /* atOnce= */ 1);
      List<Runnable> answers = new ArrayList<>(batch.size());
      Map<WalletAddress, Question> disputed = new HashMap<>(batch);
      synchronized (lock) {
        outcome
            .believed()
            .forEach(
                (wallet, entitlement) ->
                    settle(
                        wallet,
                        Objects.requireNonNull(disputed.remove(wallet)),
                        new Remembered(entitlement, readAt, readNanos),
                        answers));
      }
      answers.forEach(Runnable::run);
      if (!disputed.isEmpty()) {
        synchronized (lock) {
          disputed.keySet().forEach(wallet -> turnedAway.put(wallet, readNanos));
        }
        fail(disputed, "the nodes do not agree, or too few of them answered");
      }
    } catch (ChainException e) {
      fail(batch, e.getMessage());
    } catch (RuntimeException e) {
      log.error("A look-up failed unexpectedly", e);
      fail(batch, "internal error");
    }
  }

  private void settle(
      WalletAddress wallet, Question question, Remembered reading, List<Runnable> answers) {
    asked.remove(wallet);
    question.reads++;
    if (question.outdated && question.reads < MAX_READS) {
      question.outdated = false;
      waiting.put(wallet, question);
      return;
    }
    if (!question.outdated) {
      memory.put(wallet, reading);
      if (!reading.isPaidAt(reading.readAt())) {
        turnedAway.put(wallet, reading.readNanos());
      }
    }
    answers.add(() -> question.outcome.complete(new Outcome.Read(reading)));
  }

  private void fail(Map<WalletAddress, Question> batch, String reason) {
    synchronized (lock) {
      batch.keySet().forEach(asked::remove);
    }
    batch.values().forEach(question -> question.outcome.complete(new Outcome.Failed(reason)));
  }

  private Answer fallback(WalletAddress wallet, String reason) {
    return remembered(wallet)
        .filter(known -> known.isPaidAt(time.wallTime()) && isYounger(known, STANDBY))
        .<Answer>map(Remembered::toAnswer)
        .orElseGet(() -> new Answer.Unavailable(reason));
  }

  /**
   * That somebody has not paid is never answered from memory: who was refused, pays and comes back
   * at once may be faster than the event of the purchase.
   */
  private boolean isFresh(Remembered known) {
    return known.isPaidAt(time.wallTime()) && isYounger(known, FRESH_IF_PAID);
  }

  private boolean isYounger(Remembered known, Duration limit) {
    return time.nanoTime() - known.readNanos() < limit.toNanos();
  }
}

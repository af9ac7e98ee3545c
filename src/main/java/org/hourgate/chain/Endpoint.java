package org.hourgate.chain;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * A configured node and what we think of it: fit, or unfit for a reason that can be told. A
 * question that fails makes it unfit until a check is passed. Safe for any thread.
 */
final class Endpoint {

  private final ChainNode node;
  private final TimeSource time;
  private final Runnable onFailure;
  private final AtomicBoolean checking = new AtomicBoolean();
  private volatile Optional<String> trouble;
  private volatile long lookedAt;
  private volatile long checkedAt;

  /**
   * Begins unfit, and due for a check.
   *
   * @param onFailure called, on any thread, when a question failed
   */
  Endpoint(ChainNode node, TimeSource time, Runnable onFailure) {
    this.node = node;
    this.time = time;
    this.onFailure = onFailure;
    trouble = Optional.of(node.name() + ": not asked yet");
    lookedAt = time.nanoTime() - Duration.ofDays(1).toNanos();
    checkedAt = lookedAt;
  }

  ChainNode node() {
    return node;
  }

  boolean isFit() {
    return trouble.isEmpty();
  }

  /** Why it is unfit, empty if it is not. */
  Optional<String> trouble() {
    return trouble;
  }

  /**
   * Asks the node.
   *
   * @throws NodeException if it gives no answer that can be trusted; it is unfit then
   */
  <T> T ask(Function<ChainNode, T> question) {
    try {
      return question.apply(node);
    } catch (NodeException e) {
      trouble = Optional.of(e.getMessage());
      onFailure.run();
      throw e;
    }
  }

  /** Whether the last look at it was at least so long ago. */
  boolean wasLookedAt(Duration ago) {
    return time.nanoTime() - lookedAt >= ago.toNanos();
  }

  /** Whether the last complete check was at least so long ago, or it is unfit. */
  boolean needsCheck(Duration ago) {
    return !isFit() || time.nanoTime() - checkedAt >= ago.toNanos();
  }

  /**
   * Runs a check, unless one is under way; it is fit if the check does not throw.
   *
   * @param complete whether the check leaves nothing out
   */
  void check(Consumer<ChainNode> check, boolean complete) {
    if (!checking.compareAndSet(false, true)) {
      return;
    }
    try {
      check.accept(node);
      if (complete) {
        checkedAt = time.nanoTime();
      }
      trouble = Optional.empty();
    } catch (NodeException e) {
      trouble = Optional.of(e.getMessage());
    } finally {
      lookedAt = time.nanoTime();
      checking.set(false);
    }
  }
}

package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.infrastructure.time.TimeSource;

/**
 * The time by which sessions end: the wall clock as long as it agrees with the monotonic one. Each
 * reading compares the two since the reading before; a jump of the wall clock is not followed, and
 * nobody new is admitted, until the chain's head agrees with the new time; on a chain whose head
 * tells no time, until the new time has stood for {@link #SETTLING_TIME}. Nor is anybody admitted
 * by a clock that was ahead of the chain from the start. Touched by the gate's thread alone.
 */
final class GateClock {

  private static final Duration LARGEST_STEP = Duration.ofSeconds(2);
  private static final Duration HEAD_BOUND = Duration.ofSeconds(60);
  private static final Duration SETTLING_TIME = Duration.ofMinutes(10);

  /**
   * For so long a head that is old must go on with the time, to be right where our clock is not.
   */
  private static final Duration COMPARISON = Duration.ofSeconds(10);

  /** A head goes on by leaps: the time from one block to the next, at most. */
  private static final Duration LEAP = Duration.ofSeconds(15);

  private final TimeSource time;
  private Instant anchorWall;
  private long anchorNanos;

  /** The offset of a jumped wall clock from our own count, and since when it has stood. */
  private Duration jump = Duration.ZERO;

  private long jumpSinceNanos;

  /** Whether the chain has borne out this clock since the start, or never can. */
  private boolean confirmed;

  /** The first head that was seen, and when. */
  private Instant firstHead = Instant.EPOCH;

  private long firstHeadNanos;

  GateClock(TimeSource time) {
    this.time = time;
    anchorWall = time.wallTime();
    anchorNanos = time.nanoTime();
  }

  Instant now() {
    long nanos = time.nanoTime();
    Instant wall = time.wallTime();
    Instant counted = anchorWall.plusNanos(nanos - anchorNanos);
    Duration difference = Duration.between(counted, wall);
    if (difference.abs().compareTo(LARGEST_STEP) <= 0) {
      anchorWall = wall;
      anchorNanos = nanos;
      jump = Duration.ZERO;
      return wall;
    }
    if (difference.minus(jump).abs().compareTo(LARGEST_STEP) > 0) {
      jump = difference;
      jumpSinceNanos = nanos;
    }
    return counted;
  }

  long nanoTime() {
    return time.nanoTime();
  }

  /**
   * Returns whether the time can't be trusted for admitting anybody. A jump is taken over here once
   * it is confirmed.
   *
   * @return true while in doubt
   */
  boolean isDoubtful(ChainStatus chain) {
    Instant now = now();
    if (!jump.isZero()) {
      Instant wall = time.wallTime();
      boolean headAgrees = chain.headChecked() && chain.fit() && agrees(chain.headTime(), wall);
      boolean settled =
          !chain.headChecked() && time.nanoTime() - jumpSinceNanos > SETTLING_TIME.toNanos();
      if (!headAgrees && !settled) {
        return true;
      }
      anchorWall = wall;
      anchorNanos = time.nanoTime();
      jump = Duration.ZERO;
      now = wall;
    }
    boolean behind = isBehind(chain);
    confirmed |= !behind && (chain.fit() || !chain.headChecked());
    return behind || (!confirmed && isAheadOf(chain.headTime(), now));
  }

  /** Whether the chain's newest block is ahead of this clock. */
  boolean isBehind(ChainStatus chain) {
    return chain.headChecked() && chain.headTime().isAfter(now().plus(HEAD_BOUND));
  }

  /** Whether what {@link #isDoubtful} was told has borne out this clock since the start. */
  boolean isConfirmed() {
    return confirmed;
  }

  /** An old head that stands still, or catches up, is a node's fault and not the clock's. */
  private boolean isAheadOf(Instant head, Instant now) {
    if (firstHead.equals(Instant.EPOCH)) {
      firstHead = head;
      firstHeadNanos = time.nanoTime();
    }
    Duration passed = Duration.ofNanos(time.nanoTime() - firstHeadNanos);
    Duration moved = Duration.between(firstHead, head);
    return head.isBefore(now.minus(HEAD_BOUND))
        && passed.compareTo(COMPARISON) >= 0
        && moved.isPositive()
        && moved.minus(passed).abs().compareTo(passed.dividedBy(2).plus(LEAP)) <= 0;
  }

  private static boolean agrees(Instant head, Instant wall) {
    return Duration.between(head, wall).abs().compareTo(HEAD_BOUND) <= 0;
  }
}

package org.hourgate.infrastructure.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.hourgate.testing.ManualTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OldGarbageTest {

  private static final long MEGABYTE = 1 << 20;

  private final ManualTime time = new ManualTime(Instant.EPOCH);
  private final StubHeap heap = new StubHeap();

  private static final class StubHeap implements OldGarbage.Heap {
    long used = 40 * MEGABYTE;
    long left = 40 * MEGABYTE;
    long youngCollections;
    int collections;

    @Override
    public long used() {
      return used;
    }

    @Override
    public long left() {
      return left;
    }

    @Override
    public long youngCollections() {
      return youngCollections;
    }

    @Override
    public void collect() {
      collections++;
      used = left;
    }
  }

  @BeforeEach
  void start() {
    new OldGarbage(heap, time).start();
  }

  private void look(long youngCollections) {
    heap.youngCollections += youngCollections;
    time.advance(OldGarbage.LOOK_EVERY);
  }

  @Test
  void isCollectedWhenItMayBeAQuarter() {
    heap.used += 14 * MEGABYTE;
    look(0);
    assertThat(heap.collections).isZero();

    heap.used += MEGABYTE;
    look(0);
    assertThat(heap.collections).isOne();

    look(0);
    assertThat(heap.collections).isOne();
  }

  @Test
  void waitsForACalmMoment() {
    heap.used += 20 * MEGABYTE;

    look(100);
    look(OldGarbage.FEW + 1);
    assertThat(heap.collections).isZero();

    look(OldGarbage.FEW);
    assertThat(heap.collections).isOne();
  }

  @Test
  void doesNotWaitForEver() {
    heap.used += 45 * MEGABYTE;

    look(100);

    assertThat(heap.collections).isOne();
  }

  @Test
  void isCollectedAfterTheStart() {
    heap.left = 0;
    heap.used = 5 * MEGABYTE;

    look(0);

    assertThat(heap.collections).isOne();
  }
}

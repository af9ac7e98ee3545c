package org.hourgate.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** A leak is told from what is freed later. */
final class HeapLooksTest {

  private static final long MIB = 1 << 20;

  @Test
  void seesWhatGrowsWithEveryInput() {
    assertThat(looks(second -> 30 * MIB + second * MIB / 2).grewBy(8 * MIB)).isTrue();
  }

  @Test
  void doesNotTakeForALeakWhatIsFreedEveryNowAndThen() {
    HeapLooks sawtooth = looks(second -> 26 * MIB + second % 20 * MIB / 2);
    assertThat(sawtooth.grewBy(8 * MIB)).isFalse();
    assertThat(looks(second -> 26 * MIB + (second == 60 ? 12 * MIB : 0)).grewBy(8 * MIB)).isFalse();
  }

  @Test
  void judgesNothingBeforeEveryThingHasBeenUsed() {
    HeapLooks cold = new HeapLooks(60, 1_000);
    cold.add(30, 900, 10 * MIB);
    cold.add(60, 999, 90 * MIB);
    assertThat(cold.early()).isZero();
    assertThat(cold.grewBy(8 * MIB)).isFalse();
    assertThat(cold.executions()).isEqualTo(999);
  }

  private static HeapLooks looks(LongUnaryOperator bytes) {
    HeapLooks looks = new HeapLooks(60, 0);
    for (long second = 2; second <= 60; second += 2) {
      looks.add(second, second * 1_000, bytes.applyAsLong(second));
    }
    return looks;
  }
}

package org.hourgate.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.hourgate.soak.Slope.Point;
import org.hourgate.soak.Slope.Verdict;
import org.junit.jupiter.api.Test;

final class SlopeTest {

  private static final int SECONDS = 1_800;

  /** A point every 20 s for half an hour. */
  private static Slope slope(DoubleUnaryOperator value) {
    return Slope.of(
        IntStream.rangeClosed(0, SECONDS / 20)
            .mapToObj(i -> new Point(i * 20, value.applyAsDouble(i * 20)))
            .toList());
  }

  @Test
  void findsTheRiseOfAStraightLine() {
    Slope slope = slope(seconds -> 100 + seconds * 5 / 3_600);

    assertThat(slope.percentPerHour()).isCloseTo(5, within(1e-6));
    assertThat(slope.uncertainty()).isCloseTo(0, within(1e-6));
    assertThat(slope.first()).isCloseTo(100, within(1e-6));
    assertThat(slope.last()).isCloseTo(102.5, within(1e-6));
    assertThat(slope.verdict()).isEqualTo(Verdict.GROWS);
  }

  @Test
  void seesALeakThroughTheNoise() {
    Random dice = new Random(1);

    Slope leak = slope(seconds -> 20e6 + 2_000 * seconds + 500_000 * dice.nextGaussian());

    assertThat(leak.verdict()).isEqualTo(Verdict.GROWS);
  }

  @Test
  void takesNoiseAloneForNoLeak() {
    Random dice = new Random(2);

    Slope calm = slope(_ -> 20e6 + 5_000 * dice.nextGaussian());
    Slope wild = slope(_ -> 20e6 + 2_000_000 * dice.nextGaussian());

    assertThat(calm.verdict()).isEqualTo(Verdict.FLAT);
    assertThat(wild.verdict()).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void aTrifleIsNoGrowth() {
    assertThat(slope(seconds -> 0.1 + 0.05 * seconds / 3_600).verdict()).isEqualTo(Verdict.FLAT);
    assertThat(slope(seconds -> 0.1 + 0.2 * seconds / 3_600).verdict()).isEqualTo(Verdict.GROWS);
  }

  @Test
  void whatShrinksIsFlat() {
    assertThat(slope(seconds -> 100 - seconds / 100).verdict()).isEqualTo(Verdict.FLAT);
  }

  @Test
  void drawsNoLineThroughTwoPoints() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Slope.of(List.of(new Point(0, 1), new Point(1, 2))));
  }
}

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
    return slope(SECONDS, value);
  }

  private static Slope slope(int length, DoubleUnaryOperator value) {
    return Slope.of(
        IntStream.rangeClosed(0, length / 20)
            .mapToObj(i -> new Point(i * 20, value.applyAsDouble(i * 20)))
            .toList());
  }

  @Test
  void findsTheRiseOfAStraightLine() {
    Slope slope = slope(seconds -> 100 + seconds * 5 / 3_600);

    assertThat(slope.percentPerHour()).isCloseTo(5, within(1e-6));
    assertThat(slope.least()).isCloseTo(5, within(1e-6));
    assertThat(slope.most()).isCloseTo(5, within(1e-6));
    assertThat(slope.first()).isCloseTo(100, within(1e-6));
    assertThat(slope.last()).isCloseTo(102.5, within(1e-6));
    assertThat(slope.verdict()).isEqualTo(Verdict.GROWS);
  }

  @Test
  void seesALeakThroughTheNoise() {
    Random dice = new Random(1);

    // What is left of the heap after a collection scatters as much; 300 bytes for each customer.
    Slope leak = slope(seconds -> 22 + 3.3 * seconds / 3_600 + 0.35 * dice.nextGaussian());

    assertThat(leak.verdict()).isEqualTo(Verdict.GROWS);
  }

  @Test
  void seesADescriptorLeakedEachTenMinutes() {
    Random dice = new Random(1);

    Slope leak = slope(seconds -> 163 + Math.floor(seconds / 600) + dice.nextInt(3));

    assertThat(leak.verdict()).isEqualTo(Verdict.GROWS);
  }

  @Test
  void takesNoiseAloneForNoLeak() {
    Random dice = new Random(2);

    Slope calm = slope(_ -> 20e6 + 5_000 * dice.nextGaussian());
    Slope restless = slope(_ -> 22 + 0.35 * dice.nextGaussian());
    Slope wild = slope(_ -> 20e6 + 9_000_000 * dice.nextGaussian());

    assertThat(calm.verdict()).isEqualTo(Verdict.BELOW);
    assertThat(restless.verdict()).isEqualTo(Verdict.NOT_ABOVE);
    assertThat(wild.verdict()).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void outliersMoveNothing() {
    assertThat(slope(seconds -> seconds % 300 == 0 ? 400 : 100).percentPerHour()).isZero();
  }

  @Test
  void aStepIsNoSlope() {
    assertThat(slope(seconds -> seconds < 900 ? 250 : 251.5).verdict()).isEqualTo(Verdict.BELOW);
    assertThat(slope(seconds -> 250 + 5.0 * seconds / SECONDS).verdict()).isEqualTo(Verdict.GROWS);
  }

  @Test
  void theLongerTheRunTheLessMayGrow() {
    DoubleUnaryOperator slowly = seconds -> 100 + 1.5 * seconds / 3_600;

    assertThat(slope(slowly).verdict()).isEqualTo(Verdict.BELOW);
    assertThat(slope(4 * SECONDS, slowly).verdict()).isEqualTo(Verdict.GROWS);
  }

  @Test
  void aTrifleIsNoGrowth() {
    assertThat(slope(seconds -> 0.1 + 0.05 * seconds / SECONDS).verdict()).isEqualTo(Verdict.BELOW);
    assertThat(slope(seconds -> 0.1 + 0.2 * seconds / SECONDS).verdict()).isEqualTo(Verdict.GROWS);
  }

  @Test
  void whatShrinksIsFlat() {
    assertThat(slope(seconds -> 100 - seconds / 100).verdict()).isEqualTo(Verdict.BELOW);
  }

  @Test
  void drawsNoLineThroughTwoPoints() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Slope.of(List.of(new Point(0, 1), new Point(1, 2))));
  }
}

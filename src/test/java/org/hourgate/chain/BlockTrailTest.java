package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

final class BlockTrailTest {

  private final BlockTrail trail = new BlockTrail();

  /** Blocks of a chain that left chain A after block {@code fork}. */
  private static LongFunction<Optional<BlockHeader>> chain(String name, long fork) {
    return number -> Optional.of(block(name, fork, number));
  }

  private static BlockHeader block(String name, long fork, long number) {
    return new BlockHeader(
        number, hash(name, fork, number), hash(name, fork, number - 1), Instant.EPOCH);
  }

  private static String hash(String name, long fork, long number) {
    return (number > fork ? name : "A") + number;
  }

  private void followA(long from, long to) {
    for (long number = from; number <= to; number++) {
      trail.add(block("A", 0, number));
    }
  }

  @Test
  void losesNothingWhenTheChainGrows() {
    followA(1, 10);
    assertThat(trail.retreat(block("A", 0, 11), chain("A", 0))).isZero();
    assertThat(trail.retreat(block("A", 0, 500), chain("A", 0))).isZero();
    assertThat(trail.last()).contains(block("A", 0, 10));
  }

  @Test
  void losesTheBlocksAboveTheFork() {
    followA(1, 10);
    assertThat(trail.retreat(block("B", 6, 12), chain("B", 6))).isEqualTo(4);
    assertThat(trail.last()).contains(block("A", 0, 6));
  }

  @Test
  void knowsABlockThatWasPassed() {
    followA(1, 5);
    followA(8, 10);
    assertThat(trail.hasPassed(block("A", 0, 9), chain("A", 0))).isTrue();
    assertThat(trail.hasPassed(block("A", 0, 7), chain("A", 0))).isTrue();
    assertThat(trail.hasPassed(block("B", 8, 9), chain("B", 8))).isFalse();
    assertThat(trail.hasPassed(block("A", 0, 0), chain("A", 0))).isFalse();
    assertThat(trail.hasPassed(block("A", 0, 10), chain("A", 0))).isFalse();
    assertThat(trail.hasPassed(block("A", 0, 11), chain("A", 0))).isFalse();
  }

  @Test
  void seesAnotherBlockOfTheSameNumber() {
    followA(1, 10);
    assertThat(trail.retreat(block("B", 9, 10), chain("B", 9))).isEqualTo(1);
    assertThat(trail.last()).contains(block("A", 0, 9));
  }

  @Test
  void losesWhatIsAboveALowerHead() {
    followA(1, 10);
    assertThat(trail.retreat(block("A", 0, 7), chain("A", 0))).isEqualTo(3);
    assertThat(trail.last()).contains(block("A", 0, 7));
  }

  @Test
  void isEmptyAfterAnotherChainAltogether() {
    followA(5, 10);
    assertThat(trail.retreat(block("B", 0, 20), chain("B", 0))).isEqualTo(6);
    assertThat(trail.last()).isEmpty();
  }

  @Test
  void losesNothingWhenABlockCanNotBeRead() {
    followA(1, 10);
    LongFunction<Optional<BlockHeader>> failing =
        number -> {
          if (number < 9) {
            throw new IllegalStateException("gone");
          }
          return Optional.of(block("B", 6, number));
        };
    assertThatThrownBy(() -> trail.retreat(block("B", 6, 12), failing))
        .isInstanceOf(IllegalStateException.class);
    assertThat(trail.last()).contains(block("A", 0, 10));
  }

  @Test
  void keepsTheLast128Heads() {
    followA(1, 1_000);
    assertThat(trail.retreat(block("B", 873, 1_000), chain("B", 873))).isEqualTo(127);
    assertThat(trail.last()).contains(block("A", 0, 873));
    assertThat(trail.retreat(block("C", 872, 1_000), chain("C", 872))).isEqualTo(1);
    assertThat(trail.last()).isEmpty();
  }
}

package org.hourgate.interleavings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.hourgate.fuzz.Scratch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some of the orders; {@code bench/fuzz.sh --orders N} tries more. */
final class InterleavingsTest {

  private static final Stories STORIES = new Stories(Scratch.folder("interleavings"));
  private static final long MOST = 2_000;

  static List<Stories.Named> small() {
    return STORIES.small();
  }

  @ParameterizedTest
  @MethodSource("small")
  void oneVerdictInEveryOrder(Stories.Named story) {
    Explorer.Tried tried = Explorer.all(story.story(), MOST);

    System.out.println(story.name() + ": " + tried);
    assertThat(tried.orders()).isGreaterThan(10);
  }

  @Test
  void oneVerdictInOrdersAtRandom() {
    long seed = new Random().nextInt(Integer.MAX_VALUE);

    System.out.println("orders at random, seed " + seed);
    for (Stories.Named story : small()) {
      var _ = Explorer.random(story.story(), 200, seed);
    }
    var _ = Explorer.random(STORIES::everythingAtOnce, 2_000, seed);
  }
}

package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReconnectDelayTest {

  @Test
  void growsFromTheFirstToTheLastAndNeverExceedsIt() {
    ReconnectDelay delay =
        new ReconnectDelay(Duration.ofMillis(100), Duration.ofSeconds(1), new Random(1));
    for (int round = 0; round < 100; round++) {
      assertThat(delay.after(0)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
      assertThat(delay.after(2)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
      assertThat(delay.after(4)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
      assertThat(delay.after(1_000_000)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    }
  }
}

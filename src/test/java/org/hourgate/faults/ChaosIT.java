package org.hourgate.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;

/** A short random run; {@code bench/chaos.sh} makes long ones. */
@Execution(CONCURRENT)
final class ChaosIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void lessThanAMinuteOfEverythingAtOnceDoesNoHarm() throws Exception {
    long seed = new Random().nextInt(Integer.MAX_VALUE);
    Path file = folder.resolve("history.jsonl");

    Judge.Sentence sentence = Chaos.runAndJudge(folder, file, 3, seed, Duration.ofSeconds(45));

    assertThat(sentence.faults()).as("seed %d, history %s", seed, file).isEmpty();
    assertThat(sentence.counts()).containsKeys("accepts", "denies no_time", "faults");
  }
}

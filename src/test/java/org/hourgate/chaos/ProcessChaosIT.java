package org.hourgate.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;

/** Some fields of the matrix, others each time; {@code bench/chaos.sh --processes} does more. */
@Execution(CONCURRENT)
final class ProcessChaosIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void aMinuteOfKilledStoppedAndCutOffProcessesBreaksNoPromise() throws Exception {
    long seed = new Random().nextInt(Integer.MAX_VALUE);

    List<Path> histories = ProcessChaos.run(folder, 2, seed, _ -> true, Duration.ofMinutes(1));

    for (Path history : histories) {
      Model.Sentence sentence = Model.judge(Chronicle.read(history));
      assertThat(sentence.faults()).as("seed %d, history %s", seed, history).isEmpty();
      assertThat(sentence.matrix()).isNotEmpty();
      assertThat(sentence.counts()).containsKeys("logins accepted", "packets");
    }
  }
}

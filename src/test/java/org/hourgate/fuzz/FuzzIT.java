package org.hourgate.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A short run of each target; {@code bench/fuzz.sh} makes long ones. */
final class FuzzIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void nothingBreaksInTenSecondsOfEachTarget() throws Exception {
    List<FuzzProcess.Outcome> outcomes =
        FuzzRun.all(Arrays.asList(Targets.values()), Duration.ofSeconds(10), folder);

    assertThat(outcomes)
        .hasSameSizeAs(Targets.values())
        .allSatisfy(outcome -> assertThat(outcome.failure()).as(outcome.line()).isEmpty());
  }

  @Test
  void findsADefectThatNobodyGuesses() throws Exception {
    FuzzProcess.Outcome outcome =
        FuzzProcess.run(
            PlantedDefect.WORD, new PlantedDefect(), Duration.ofMinutes(3), folder.resolve("p"));

    assertThat(outcome.failure()).contains("IllegalStateException: planted");
  }
}

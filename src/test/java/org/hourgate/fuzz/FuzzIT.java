package org.hourgate.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short run of all targets, as far as a busy machine gets in it; {@code bench/fuzz.sh} makes long
 * ones. A run has tried each seed before its time counts.
 */
final class FuzzIT {

  private static final int AT_A_TIME = 2;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void nothingBreaksAndADefectThatNobodyGuessesIsFound() throws Exception {
    try (ExecutorService processes = Executors.newFixedThreadPool(AT_A_TIME + 1)) {
      Future<FuzzProcess.Outcome> planted =
          processes.submit(
              () ->
                  FuzzProcess.run(
                      PlantedDefect.WORD,
                      new PlantedDefect(),
                      Duration.ofMinutes(5),
                      folder.resolve("planted")));
      List<Future<FuzzProcess.Outcome>> mixtures = new ArrayList<>();
      for (String words : mixtures()) {
        Path own = folder.resolve(words.substring(0, words.indexOf(',')));
        mixtures.add(
            processes.submit(
                () -> FuzzProcess.run(words, Targets.make(words), Duration.ofSeconds(25), own)));
      }
      for (Future<FuzzProcess.Outcome> mixture : mixtures) {
        FuzzProcess.Outcome outcome = mixture.get();
        System.out.println(outcome.line());
        assertThat(outcome.failure()).as(outcome.line()).isEmpty();
      }
      assertThat(planted.get().failure()).contains("IllegalStateException: planted");
    }
  }

  private static List<String> mixtures() {
    Targets[] all = Targets.values();
    return IntStream.range(0, AT_A_TIME)
        .mapToObj(
            first ->
                IntStream.iterate(first, i -> i < all.length, i -> i + AT_A_TIME)
                    .mapToObj(i -> all[i].word())
                    .collect(Collectors.joining(",")))
        .toList();
  }
}

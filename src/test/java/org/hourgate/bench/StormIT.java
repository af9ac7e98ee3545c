package org.hourgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hourgate.app.lab.LabNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small storm: whether it ends as it must, not how soon. Its large sisters: bench/run.sh. */
class StormIT {

  private static final int REAL = 20;
  private static final int FAKE = 1_000;

  /** More than enough on a machine that is busy with other tests. */
  private static final Duration TIME_TO_CONNECT = Duration.ofSeconds(30);

  @Test
  void nobodyIsCutEarlyAndWhoeverPaidMeanwhileStays(@TempDir Path folder) throws Exception {
    Storm.Result result;
    try (LabNetwork network = LabNetwork.create();
        Crowd real = RealCrowd.of(network, 1);
        Crowd fake = FakeCrowd.of(2)) {
      result =
          Storm.run(
              folder,
              List.of(new Storm.Part(real, REAL), new Storm.Part(fake, FAKE)),
              TIME_TO_CONNECT,
              System.out::println);
    }

    assertThat(result.topUpDone()).as("the test's own work was done in time").isPositive();
    for (Storm.Outcome outcome : result.outcomes()) {
      assertThat(outcome.early()).as("%s: told to go too early", outcome.name()).isZero();
      assertThat(outcome.lost()).as("%s: cut though they had paid", outcome.name()).isZero();
      assertThat(outcome.unending()).as("%s: not cut at all", outcome.name()).isZero();
      assertThat(outcome.staying()).isPositive();
      assertThat(outcome.putOut().count())
          .as("%s: told why", outcome.name())
          .isEqualTo(outcome.lastPackets().count());
    }
    // A monitor is told when a busy machine's OpenVPN stood still.
    assertThat(result.complaints())
        .filteredOn(line -> !line.endsWith("a guest was told ERROR: OpenVPN does not answer"))
        .noneMatch(line -> line.contains("ERROR"));
  }
}

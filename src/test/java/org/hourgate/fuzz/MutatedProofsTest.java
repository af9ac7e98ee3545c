package org.hourgate.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Few of them; {@code bench/fuzz.sh --proofs 1000000} makes many. */
final class MutatedProofsTest {

  @TempDir private Path folder;

  @Test
  void twentyThousandPasswordsThatAreNearlyRightLetNobodyIn() {
    long seed = new Random().nextInt(Integer.MAX_VALUE);

    MutatedProofs.Tally tally = new MutatedProofs(seed, folder).run(20_000);

    assertThat(tally.wrong()).as("seed %d", seed).isEmpty();
    assertThat(tally.byMutation()).containsOnlyKeys(Mutation.values());
    // Those that are quite right come in: otherwise nothing was tried.
    assertThat(tally.accepts()).isBetween(tally.tries() / 20, tally.tries() / 2);
  }
}

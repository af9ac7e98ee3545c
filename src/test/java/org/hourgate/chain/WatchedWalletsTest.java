package org.hourgate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.chain.TestChain.ALICE;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.entitlement.Entitlement;
import org.junit.jupiter.api.Test;

final class WatchedWalletsTest {

  private static final Remembered READING =
      new Remembered(
          new Entitlement(Instant.ofEpochSecond(2_000_000_000L), Instant.EPOCH),
          Instant.ofEpochSecond(1_900_000_000L),
          0);

  private final WatchedWallets watched = new WatchedWallets();
  private final List<Remembered> handedOver = new ArrayList<>();

  @Test
  void handsOverWhatWasReadWhileTheWalletWasWatched() {
    watched.add(ALICE.address(), Optional.empty());
    watched.update(ALICE.address(), READING);
    watched.remove(ALICE.address(), handedOver::add);
    assertThat(handedOver).containsExactly(READING);
  }

  /** Before it was watched nobody could say that what its first owner knew had changed. */
  @Test
  void doesNotHandBackWhatItWasGiven() {
    watched.add(ALICE.address(), Optional.of(READING));
    watched.remove(ALICE.address(), handedOver::add);
    assertThat(handedOver).isEmpty();
  }

  @Test
  void doesNotHandOverWhatIsOutdated() {
    watched.add(ALICE.address(), Optional.empty());
    watched.update(ALICE.address(), READING);
    assertThat(watched.outdate(ALICE.address())).isTrue();
    watched.remove(ALICE.address(), handedOver::add);
    assertThat(handedOver).isEmpty();
  }
}

package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.gate.WaitingPlaces.Place;
import org.hourgate.testing.ManualTime;
import org.junit.jupiter.api.Test;

/** Who may wait, when many want to. */
final class WaitingPlacesTest {

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T18:00:00Z"));
  private final WaitingPlaces places = new WaitingPlaces(new GateClock(time));

  /** The addresses whose place was given to others. */
  private final List<String> gone = new ArrayList<>();

  private Optional<Place> take(String address) {
    return places.take(InetAddress.ofLiteral(address), () -> gone.add(address));
  }

  private void open(String address) {
    take(address).orElseThrow().opened();
  }

  /** Takes all places, so many for each network, from 192.0.0.0/24 on. */
  private void crowd(int perNetwork, boolean opened) {
    for (int i = 0; i < WaitingPlaces.ALL; i++) {
      int host = 1 + i % perNetwork / WaitingPlaces.PER_SOURCE;
      Place place = take("192.0.%d.%d".formatted(i / perNetwork, host)).orElseThrow();
      if (opened) {
        place.opened();
      }
    }
    assertThat(gone).isEmpty();
  }

  @Test
  void fiveOfOneAddressAreEnoughAndTheOldestThatNobodyOpenedGivesWay() {
    open("192.0.2.1");
    for (int i = 0; i < 4; i++) {
      assertThat(take("192.0.2.1")).isPresent();
    }
    assertThat(take("192.0.2.1")).isPresent();
    assertThat(gone).containsExactly("192.0.2.1");
  }

  @Test
  void whoeverIsLookedAtKeepsItsPlaceFromItsOwnAddress() {
    for (int i = 0; i < 5; i++) {
      open("192.0.2.1");
    }
    assertThat(take("192.0.2.1")).isEmpty();
    assertThat(gone).isEmpty();
    assertThat(take("192.0.2.2")).isPresent();
  }

  @Test
  void aNetworkHasTwentyAndItsOldestGiveWayOnlyAfterTheTimeToOpenAPage() {
    for (int i = 0; i < 20; i++) {
      assertThat(take("192.0.2." + (1 + i))).isPresent();
    }
    assertThat(take("192.0.2.100")).isEmpty();

    time.advance(WaitingPlaces.TIME_TO_OPEN);
    assertThat(take("192.0.2.100")).isPresent();
    assertThat(gone).containsExactly("192.0.2.1");
  }

  @Test
  void ofIpv6TheFirst64BitsAreASourceAndTheFirst48ANetwork() {
    for (int i = 0; i < 5; i++) {
      open("2001:db8:1:1::" + (1 + i));
    }
    assertThat(take("2001:db8:1:1::99")).isEmpty();
    for (int i = 0; i < 15; i++) {
      open("2001:db8:1:%x::1".formatted(2 + i));
    }
    assertThat(take("2001:db8:1:99::1")).isEmpty();
    assertThat(take("2001:db8:2::1")).isPresent();
  }

  @Test
  void fortyAddressesThatHoldAllPlacesKeepNobodyElseOut() {
    crowd(5, true); // Their pages are even looked at.

    for (int i = 0; i < 30; i++) {
      assertThat(take("198.51.%d.1".formatted(i))).as("newcomer %s", i).isPresent();
    }
    assertThat(gone).hasSize(30).allMatch(address -> address.startsWith("192.0."));
  }

  @Test
  void newcomersDoNotPushEachOtherOut() {
    crowd(20, false);
    List<String> newcomers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      newcomers.add("198.51.%d.1".formatted(i));
      take(newcomers.getLast());
    }
    assertThat(gone).doesNotContainAnyElementsOf(newcomers);
  }

  @Test
  void whereEverybodyHasOneNobodyIsPutOutBeforeTheTimeToOpenAPage() {
    crowd(1, false);
    assertThat(take("198.51.100.1")).isEmpty();

    time.advance(WaitingPlaces.TIME_TO_OPEN.minus(Duration.ofMillis(1)));
    assertThat(take("198.51.100.1")).isEmpty();
    time.advance(Duration.ofMillis(1));
    assertThat(take("198.51.100.1")).isPresent();
    assertThat(gone).containsExactly("192.0.0.1");
  }

  @Test
  void aPlaceThatIsFreeAgainIsTakenFromNobody() {
    List<Place> taken = new ArrayList<>();
    for (int i = 0; i < WaitingPlaces.ALL; i++) {
      taken.add(take("192.0.%d.1".formatted(i)).orElseThrow());
    }
    places.free(taken.get(7));

    assertThat(take("198.51.100.1")).isPresent();
    assertThat(gone).isEmpty();
  }

  @Test
  void keepsNoPlaceForANewcomerThatCameToNothing() {
    places.take(
        InetAddress.ofLiteral("192.0.2.1"),
        () -> {
          throw new IllegalStateException("the one who gives way could not be told");
        });
    for (int i = 0; i < 4; i++) {
      take("192.0.2.1");
    }
    assertThatIllegalStateException().isThrownBy(() -> take("192.0.2.1"));

    assertThat(take("192.0.2.1")).isPresent();
    assertThat(gone).isEmpty();
  }
}

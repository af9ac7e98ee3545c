package org.hourgate.gate;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hourgate.infrastructure.net.SourceLimiter;

/**
 * Shares out the places of clients that wait for their customer to sign. Nobody has proved anything
 * yet, so places go by network: however many come from some networks, one from another still gets
 * in. Who gives way is the oldest whose page nobody has opened. Touched by the gate's thread alone.
 */
final class WaitingPlaces {

  static final int ALL = 200;
  static final int PER_SOURCE = 5;

  /** Of an IPv4 /24 or an IPv6 /48, which is what one host or one provider's customer can have. */
  static final int PER_NETWORK = 20;

  /** Before that nobody gives way to a network that holds as many: a page takes time to open. */
  static final Duration TIME_TO_OPEN = Duration.ofSeconds(20);

  private static final int IPV4_NETWORK_BYTES = 3;
  private static final int IPV6_NETWORK_BYTES = 6;

  private final GateClock clock;

  /** The oldest first. */
  private final Set<Place> taken = new LinkedHashSet<>();

  WaitingPlaces(GateClock clock) {
    this.clock = clock;
  }

  /** One that is taken. */
  static final class Place {
    private final InetAddress source;
    private final InetAddress network;
    private final long sinceNanos;
    private final Runnable givenUp;
    private boolean opened;

    private Place(InetAddress address, long sinceNanos, Runnable givenUp) {
      source = SourceLimiter.sourceOf(address);
      network = networkOf(address);
      this.sinceNanos = sinceNanos;
      this.givenUp = givenUp;
    }

    /** Somebody at the client's address is looking at its page. */
    void opened() {
      opened = true;
    }
  }

  /**
   * Takes one, maybe from another.
   *
   * @param givenUp told if it has to give way, when it is free already
   * @return empty if there is none for this address
   */
  Optional<Place> take(InetAddress address, Runnable givenUp) {
    Place place = new Place(address, clock.nanoTime(), givenUp);
    List<Place> ofSource = taken.stream().filter(p -> p.source.equals(place.source)).toList();
    List<Place> ofNetwork = taken.stream().filter(p -> p.network.equals(place.network)).toList();
    if (ofSource.size() >= PER_SOURCE) {
      return inPlaceOf(oldest(ofSource, p -> !p.opened), place);
    }
    if (ofNetwork.size() >= PER_NETWORK) {
      return inPlaceOf(oldest(ofNetwork, this::isLeftAlone), place);
    }
    if (taken.size() >= ALL) {
      List<Place> crowd = crowd();
      return crowd.size() > ofNetwork.size() + 1
          ? inPlaceOf(oldest(crowd, p -> !p.opened).or(() -> crowd.stream().findFirst()), place)
          : inPlaceOf(oldest(taken, this::isLeftAlone), place);
    }
    taken.add(place);
    return Optional.of(place);
  }

  void free(Place place) {
    taken.remove(place);
  }

  private Optional<Place> inPlaceOf(Optional<Place> former, Place place) {
    return former.map(
        given -> {
          taken.remove(given);
          given.givenUp.run();
          taken.add(place); // Last: nobody frees the place of one that came to nothing.
          return place;
        });
  }

  private static Optional<Place> oldest(Iterable<Place> places, Predicate<Place> which) {
    for (Place place : places) {
      if (which.test(place)) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }

  private boolean isLeftAlone(Place place) {
    return !place.opened && clock.nanoTime() - place.sinceNanos >= TIME_TO_OPEN.toNanos();
  }

  /** The network that holds the most. */
  private List<Place> crowd() {
    Stream<List<Place>> networks =
        taken.stream().collect(Collectors.groupingBy(p -> p.network)).values().stream();
    return networks.max(Comparator.comparingInt(List::size)).orElse(List.of());
  }

  private static InetAddress networkOf(InetAddress address) {
    byte[] bytes = address.getAddress();
    int kept = address instanceof Inet6Address ? IPV6_NETWORK_BYTES : IPV4_NETWORK_BYTES;
    Arrays.fill(bytes, kept, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("as long as before", e);
    }
  }
}

package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PacketStream;

/** What holds for a client that does not want to go. */
final class Stubborn {

  static final Duration INTERVAL = Duration.ofMillis(10);

  /**
   * Without the keys denied, OpenVPN carries the packets of a client that was told to go for 5 s.
   */
  static final Duration LEAK = Duration.ofSeconds(5);

  /** For whoever sends the packets: a busy machine holds it up at times. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private Stubborn() {}

  /**
   * Packets passed in both directions until the end, and not after it; the client stays. Whether it
   * was told is not asked: OpenVPN keeps the farewell back while a client changes its keys.
   */
  static void assertOffTheNetAt(Instant end, OpenVpnClient client, PacketStream packets) {
    assertOffTheNetBetween(end, end, client, packets);
  }

  /** The same of an end that came somewhere between two moments. */
  static void assertOffTheNetBetween(
      Instant first, Instant last, OpenVpnClient client, PacketStream packets) {
    packets.up().awaitAfter(first.minus(MARGIN), Lab.LONG);
    packets.down().awaitAfter(first.minus(MARGIN), Lab.LONG);
    Visit.until(last.plus(LEAK).plusSeconds(2));
    assertThat(packets.up().last().orElseThrow()).as("up").isBefore(last.plus(Visit.PROMISE));
    assertThat(packets.down().last().orElseThrow()).as("down").isBefore(last.plus(Visit.PROMISE));
    assertThat(client.process().isAlive()).isTrue();
  }
}

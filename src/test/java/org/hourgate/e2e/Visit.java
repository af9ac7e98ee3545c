package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.app.lab.Output;
import org.hourgate.app.lab.PingStream;

/**
 * A client on the net that pings the gateway through its tunnel many times a second. What is said
 * of it is judged by the packets that came through.
 */
final class Visit implements AutoCloseable {

  /** No packet passes later than this after the paid time. */
  static final Duration PROMISE = Duration.ofSeconds(1);

  /** For whoever sends the packets: a busy machine holds it up at times. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private static final Duration PING_INTERVAL = Duration.ofMillis(20);
  private static final String CONNECTED = "Initialization Sequence Completed";

  private final OpenVpnClient client;
  private final PingStream pings;

  private Visit(OpenVpnClient client, PingStream pings) {
    this.client = client;
    this.pings = pings;
  }

  /** Starts the client and waits until it is on the net. */
  static Visit begin(OpenVpnServer server, OpenVpnClient.Builder builder) {
    return begin(server, builder, PING_INTERVAL);
  }

  /** The same with another interval between pings. */
  static Visit begin(OpenVpnServer server, OpenVpnClient.Builder builder, Duration pingInterval) {
    OpenVpnClient client = builder.start();
    client.awaitConnected(Lab.LONG);
    Visit visit =
        new Visit(client, PingStream.start(client.namespace(), server.gateway(), pingInterval));
    visit.assertOnline();
    return visit;
  }

  OpenVpnClient client() {
    return client;
  }

  PingStream pings() {
    return pings;
  }

  /** A ping is answered now. */
  void assertOnline() {
    pings.replies().awaitAfter(Instant.now(), Lab.LONG);
  }

  /** A ping is answered now, none was lost, and the client connected once only. */
  void assertUndisturbed() {
    assertOnline();
    assertThat(pings.lost()).as("lost pings of %s", client.namespace().name()).isZero();
    assertNeverReconnected();
  }

  void assertNeverReconnected() {
    assertThat(connects()).as("connects of %s", client.namespace().name()).isEqualTo(1);
  }

  /** How often the tunnel came up. */
  long connects() {
    return client.output().lines().stream().filter(line -> line.text().contains(CONNECTED)).count();
  }

  /**
   * The client was told with these words and has stopped by itself; packets passed until the end of
   * the paid time and not after it.
   */
  void assertCutAt(Instant end, String... words) {
    assertGoneBy(end, words);
    pings.replies().awaitAfter(end.minus(MARGIN), Lab.LONG);
  }

  /**
   * The client was told with these words, and not before the end of the paid time, and has stopped
   * by itself; no packet passed after it. Nobody asks until when they did.
   */
  void assertGoneBy(Instant end, String... words) {
    Output.Line farewell = client.output().await("Halt command was pushed", Lab.LONG);
    assertThat(farewell.text()).contains(words);
    assertThat(farewell.readAt()).as("the client knew").isAfterOrEqualTo(end);
    assertThat(client.process().awaitExit(Lab.LONG)).isZero();
    assertThat(lastPacket()).isBefore(end.plus(PROMISE));
  }

  /** The client was told with these words, has stopped by itself, and did not come back. */
  void assertEnded(String... words) {
    Output.Line farewell = client.output().await("Halt command was pushed", Lab.LONG);
    assertThat(farewell.text()).contains(words);
    assertThat(client.process().awaitExit(Lab.LONG)).isZero();
    assertNeverReconnected();
    assertThat(lastPacket()).isBefore(farewell.readAt().plus(PROMISE));
  }

  Instant lastPacket() {
    return pings.replies().last().orElseThrow();
  }

  /** Waits for a moment. */
  static void until(Instant moment) {
    await()
        .atMost(Duration.between(Instant.now(), moment).abs().plus(Lab.LONG))
        .until(() -> !Instant.now().isBefore(moment));
  }

  @Override
  public void close() {
    pings.close();
    client.close();
  }
}

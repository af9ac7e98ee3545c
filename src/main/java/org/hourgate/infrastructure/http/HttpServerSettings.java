package org.hourgate.infrastructure.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.hourgate.infrastructure.net.CidrBlock;

/**
 * Where to listen and how much to bear.
 *
 * @param trustedProxies who is believed about {@code X-Forwarded-For}; no number per source binds
 *     their connections
 * @param exempt sources that no number per source binds
 * @param mayBeAbsent whether the machine need not have the address, now or always
 */
public record HttpServerSettings(
    InetSocketAddress listen,
    List<CidrBlock> trustedProxies,
    List<CidrBlock> exempt,
    Caps caps,
    Times times,
    boolean mayBeAbsent) {

  public HttpServerSettings {
    trustedProxies = List.copyOf(trustedProxies);
    exempt = List.copyOf(exempt);
  }

  /**
   * What may be held at a time.
   *
   * @param connections more are closed as they come
   * @param handshakes connections whose TLS handshake is under way; more are closed as they come
   * @param streams more event streams are refused
   */
  public record Caps(
      int connections,
      int connectionsPerSource,
      int handshakes,
      int handshakesPerSource,
      int streams,
      int streamsPerSource) {

    private static final Caps USUAL = new Caps(2048, 128, 512, 32, 512, 20);

    public Caps withConnections(int all, int perSource) {
      return new Caps(all, perSource, handshakes, handshakesPerSource, streams, streamsPerSource);
    }

    public Caps withHandshakes(int all, int perSource) {
      return new Caps(connections, connectionsPerSource, all, perSource, streams, streamsPerSource);
    }

    public Caps withStreams(int all, int perSource) {
      return new Caps(
          connections, connectionsPerSource, handshakes, handshakesPerSource, all, perSource);
    }
  }

  /**
   * How long things may take.
   *
   * @param tlsHandshake the longest TLS handshake
   * @param linger how long a client may go on sending after the last answer
   * @param step the longest time to send a whole request, to answer it, and to take the answer:
   *     each
   * @param heartbeat how often an event stream says that it is alive
   * @param streamLife the longest an event stream lasts; the reader opens another
   */
  public record Times(
      Duration tlsHandshake,
      Duration step,
      Duration linger,
      Duration heartbeat,
      Duration streamLife) {

    private static final Times USUAL =
        new Times(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(3),
            Duration.ofSeconds(15),
            Duration.ofHours(1));
  }

  public static HttpServerSettings of(InetSocketAddress listen) {
    return new HttpServerSettings(listen, List.of(), List.of(), Caps.USUAL, Times.USUAL, false);
  }

  /**
   * Listens at the address before the machine has it, and again when it comes back: that of a
   * tunnel is there only while its program runs (ip(7), {@code IP_FREEBIND}).
   */
  public HttpServerSettings beforeItExists() {
    return new HttpServerSettings(listen, trustedProxies, exempt, caps, times, true);
  }

  public HttpServerSettings withTrustedProxies(List<CidrBlock> blocks) {
    return new HttpServerSettings(listen, blocks, exempt, caps, times, mayBeAbsent);
  }

  public HttpServerSettings withExempt(List<CidrBlock> blocks) {
    return new HttpServerSettings(listen, trustedProxies, blocks, caps, times, mayBeAbsent);
  }

  public HttpServerSettings withMaxConnections(int all, int perSource) {
    return new HttpServerSettings(
        listen, trustedProxies, exempt, caps.withConnections(all, perSource), times, mayBeAbsent);
  }

  public HttpServerSettings withMaxHandshakes(int all, int perSource) {
    return new HttpServerSettings(
        listen, trustedProxies, exempt, caps.withHandshakes(all, perSource), times, mayBeAbsent);
  }

  public HttpServerSettings withMaxStreams(int all, int perSource) {
    return new HttpServerSettings(
        listen, trustedProxies, exempt, caps.withStreams(all, perSource), times, mayBeAbsent);
  }

  public HttpServerSettings withDeadlines(Duration handshake, Duration step) {
    Times changed =
        new Times(handshake, step, times.linger(), times.heartbeat(), times.streamLife());
    return new HttpServerSettings(listen, trustedProxies, exempt, caps, changed, mayBeAbsent);
  }

  public HttpServerSettings withStreamTimes(Duration heartbeat, Duration life) {
    Times changed = new Times(times.tlsHandshake(), times.step(), times.linger(), heartbeat, life);
    return new HttpServerSettings(listen, trustedProxies, exempt, caps, changed, mayBeAbsent);
  }
}

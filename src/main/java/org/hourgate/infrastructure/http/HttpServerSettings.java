package org.hourgate.infrastructure.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.hourgate.infrastructure.net.CidrBlock;

/**
 * Where to listen and how much to bear.
 *
 * @param trustedProxies who is believed about {@code X-Forwarded-For}
 * @param exempt sources that are not bound by the two numbers per source
 * @param maxConnections more are closed as they come
 * @param maxConnectionsPerSource the same for one source; a trusted proxy is not bound
 * @param maxStreams event streams that are open at a time
 * @param maxStreamsPerSource the same for one source
 * @param tlsHandshake the longest TLS handshake
 * @param step the longest time to send a whole request, to answer it, and to take the answer: each
 * @param heartbeat how often an event stream says that it is alive
 * @param streamLife the longest an event stream lasts; the reader opens another
 */
public record HttpServerSettings(
    InetSocketAddress listen,
    List<CidrBlock> trustedProxies,
    List<CidrBlock> exempt,
    int maxConnections,
    int maxConnectionsPerSource,
    int maxStreams,
    int maxStreamsPerSource,
    Duration tlsHandshake,
    Duration step,
    Duration heartbeat,
    Duration streamLife) {

  public HttpServerSettings {
    trustedProxies = List.copyOf(trustedProxies);
    exempt = List.copyOf(exempt);
  }

  public static HttpServerSettings of(InetSocketAddress listen) {
    return new HttpServerSettings(
        listen,
        List.of(),
        List.of(),
        2048,
        128,
        512,
        20,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(15),
        Duration.ofHours(1));
  }

  public HttpServerSettings withTrustedProxies(List<CidrBlock> blocks) {
    return new HttpServerSettings(
        listen,
        blocks,
        exempt,
        maxConnections,
        maxConnectionsPerSource,
        maxStreams,
        maxStreamsPerSource,
        tlsHandshake,
        step,
        heartbeat,
        streamLife);
  }

  public HttpServerSettings withExempt(List<CidrBlock> blocks) {
    return new HttpServerSettings(
        listen,
        trustedProxies,
        blocks,
        maxConnections,
        maxConnectionsPerSource,
        maxStreams,
        maxStreamsPerSource,
        tlsHandshake,
        step,
        heartbeat,
        streamLife);
  }

  public HttpServerSettings withMaxConnections(int all, int perSource) {
    return new HttpServerSettings(
        listen,
        trustedProxies,
        exempt,
        all,
        perSource,
        maxStreams,
        maxStreamsPerSource,
        tlsHandshake,
        step,
        heartbeat,
        streamLife);
  }

  public HttpServerSettings withMaxStreams(int all, int perSource) {
    return new HttpServerSettings(
        listen,
        trustedProxies,
        exempt,
        maxConnections,
        maxConnectionsPerSource,
        all,
        perSource,
        tlsHandshake,
        step,
        heartbeat,
        streamLife);
  }

  public HttpServerSettings withDeadlines(Duration handshake, Duration eachStep) {
    return new HttpServerSettings(
        listen,
        trustedProxies,
        exempt,
        maxConnections,
        maxConnectionsPerSource,
        maxStreams,
        maxStreamsPerSource,
        handshake,
        eachStep,
        heartbeat,
        streamLife);
  }

  public HttpServerSettings withStreamTimes(Duration newHeartbeat, Duration newLife) {
    return new HttpServerSettings(
        listen,
        trustedProxies,
        exempt,
        maxConnections,
        maxConnectionsPerSource,
        maxStreams,
        maxStreamsPerSource,
        tlsHandshake,
        step,
        newHeartbeat,
        newLife);
  }
}

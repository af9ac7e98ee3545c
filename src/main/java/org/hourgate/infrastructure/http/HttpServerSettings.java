package org.hourgate.infrastructure.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.hourgate.infrastructure.net.CidrBlock;

/**
 * Where to listen and how much to bear.
 *
 * @param trustedProxies who is believed about {@code X-Forwarded-For}
 * @param maxConnections more are closed as they come
 * @param tlsHandshake the longest TLS handshake
 * @param step the longest time to send a whole request, to answer it, and to take the answer: each
 */
public record HttpServerSettings(
    InetSocketAddress listen,
    List<CidrBlock> trustedProxies,
    int maxConnections,
    Duration tlsHandshake,
    Duration step) {

  public HttpServerSettings {
    trustedProxies = List.copyOf(trustedProxies);
  }

  public static HttpServerSettings of(InetSocketAddress listen) {
    return new HttpServerSettings(
        listen, List.of(), 2048, Duration.ofSeconds(5), Duration.ofSeconds(10));
  }

  public HttpServerSettings withTrustedProxies(List<CidrBlock> blocks) {
    return new HttpServerSettings(listen, blocks, maxConnections, tlsHandshake, step);
  }

  public HttpServerSettings withMaxConnections(int count) {
    return new HttpServerSettings(listen, trustedProxies, count, tlsHandshake, step);
  }

  public HttpServerSettings withDeadlines(Duration handshake, Duration eachStep) {
    return new HttpServerSettings(listen, trustedProxies, maxConnections, handshake, eachStep);
  }
}

package org.hourgate.infrastructure.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole request. What it says about its own address, as in {@code Host}, is not believed and not
 * kept.
 *
 * @param path as it was written, up to the question mark
 * @param query what was written behind the question mark; may be empty
 * @param headers by names in small letters
 * @param source who asks: the network address of the other side, or what a trusted proxy says
 */
@SuppressWarnings("ArrayRecordComponent") // read once, compared never
public record Request(
    String method,
    String path,
    String query,
    Map<String, List<String>> headers,
    InetAddress source,
    byte[] body) {

  private static final int MAX_PARAMETERS = 16;

  /** The values of a header, all lines of it, separated by commas. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name)).map(lines -> String.join(", ", lines));
  }

  /** The first cookie of that name. */
  public Optional<String> cookie(String name) {
    return headers.getOrDefault("cookie", List.of()).stream()
        .flatMap(line -> ServerCookieDecoder.STRICT.decodeAll(line).stream())
        .filter(cookie -> cookie.name().equals(name))
        .map(Cookie::value)
        .findFirst();
  }

  /**
   * The first value of a parameter in the query.
   *
   * @throws ProblemException if the query can't be read
   */
  public Optional<String> parameter(String name) {
    try {
      List<String> values =
          new QueryStringDecoder("?" + query, StandardCharsets.UTF_8, true, MAX_PARAMETERS)
              .parameters()
              .getOrDefault(name, List.of());
      return values.stream().findFirst();
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "bad_request", "What stands behind the ? can't be read.");
    }
  }
}

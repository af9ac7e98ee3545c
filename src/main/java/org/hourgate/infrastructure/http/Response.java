package org.hourgate.infrastructure.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hourgate.infrastructure.json.Json;

/** An answer. What is not said here ({@code Content-Length}, security headers) the server adds. */
@SuppressWarnings("ArrayRecordComponent") // written once, compared never
public record Response(int status, Map<String, String> headers, byte[] body) implements Answer {

  static final String EVENT_STREAM = "text/event-stream; charset=utf-8";

  public Response {
    headers = Map.copyOf(headers);
  }

  public static Response json(int status, Object value) {
    return new Response(
        status, Map.of("content-type", "application/json; charset=utf-8"), Json.write(value));
  }

  /**
   * A refusal by RFC 9457.
   *
   * @param code for programs
   * @param detail a sentence for people
   */
  public static Response problem(int status, String code, String detail) {
    return new Response(
        status,
        Map.of("content-type", "application/problem+json"),
        Json.write(new Problem(status, code, detail)));
  }

  public static Response empty(int status) {
    return new Response(status, Map.of(), new byte[0]);
  }

  public Response withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Response(status, more, body);
  }

  /** The members of a problem; its {@code type} is {@code about:blank}, which may be left out. */
  private record Problem(int status, String code, String detail) {}
}

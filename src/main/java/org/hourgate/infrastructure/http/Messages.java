package org.hourgate.infrastructure.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;

/** Our answers as Netty's messages. */
final class Messages {

  private Messages() {}

  /**
   * Adds what every answer carries: nothing is kept by caches, sniffed, framed or told to others.
   *
   * @param last whether the connection ends behind it
   */
  static FullHttpResponse of(Response response, boolean last) {
    FullHttpResponse message =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(response.status()),
            Unpooled.wrappedBuffer(response.body()));
    HttpHeaders headers = message.headers();
    addCommon(headers);
    response.headers().forEach(headers::set);
    if (response.status() != HttpResponseStatus.NO_CONTENT.code()
        && response.status() != HttpResponseStatus.NOT_MODIFIED.code()) {
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
    }
    if (last) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    return message;
  }

  /** The head of an event stream: its end is the end of the connection. */
  static HttpResponse eventStream() {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    HttpHeaders headers = head.headers();
    addCommon(headers);
    headers.set(HttpHeaderNames.CONTENT_TYPE, Response.EVENT_STREAM);
    headers.set("x-accel-buffering", "no"); // nginx would keep events back
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return head;
  }

  static HttpContent event(String type, byte[] json) {
    return new DefaultHttpContent(
        Unpooled.wrappedBuffer(
            ("event: " + type + "\ndata: ").getBytes(StandardCharsets.US_ASCII),
            json,
            "\n\n".getBytes(StandardCharsets.US_ASCII)));
  }

  /** A line that readers pass over. */
  static HttpContent comment() {
    return new DefaultHttpContent(
        Unpooled.wrappedBuffer(":\n\n".getBytes(StandardCharsets.US_ASCII)));
  }

  private static void addCommon(HttpHeaders headers) {
    headers.set(HttpHeaderNames.DATE, DateFormatter.format(Date.from(Instant.now())));
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    headers.set("x-content-type-options", "nosniff");
    headers.set(
        HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    headers.set("referrer-policy", "no-referrer");
    headers.set("cross-origin-resource-policy", "same-origin");
  }
}

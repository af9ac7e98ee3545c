package org.hourgate.shop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.hourgate.infrastructure.http.Request;
import org.hourgate.infrastructure.http.Response;

/** One file of the page, read once. Where its name carries its hash, browsers keep it for ever. */
final class Asset {

  private static final int MAX_SIZE = 512 * 1024;
  private static final int HASH_DIGITS = 16;
  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "webp", "image/webp",
          "woff2", "font/woff2",
          "json", "application/json; charset=utf-8",
          "webmanifest", "application/manifest+json");

  private final byte[] plain;
  private final Optional<byte[]> compressed;
  private final String hash;
  private final String name;
  private final String type;

  private Asset(String name, String type, byte[] content) {
    this.name = name;
    this.type = type;
    plain = content;
    hash = hash(content);
    byte[] smaller = gzip(content);
    compressed = smaller.length < content.length ? Optional.of(smaller) : Optional.empty();
  }

  /** Reads {@code /web/NAME} from the class path; empty if there is none. Blocks. */
  static Optional<Asset> read(String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null || name.contains("/")) {
      throw new IllegalArgumentException("not a file that the page may have: " + name);
    }
    return bytes(name).map(content -> new Asset(name, type, content));
  }

  static Optional<byte[]> bytes(String name) {
    try (InputStream in = Asset.class.getResourceAsStream("/web/" + name)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] content = in.readNBytes(MAX_SIZE + 1);
      if (content.length > MAX_SIZE) {
        throw new IllegalArgumentException("longer than " + MAX_SIZE + " bytes: " + name);
      }
      return Optional.of(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it is found for ever: {@code /assets/app.0123456789abcdef.js}. */
  String path() {
    int dot = name.lastIndexOf('.');
    return "/assets/" + name.substring(0, dot) + "." + hash + name.substring(dot);
  }

  /** The answer under {@link #path}. */
  Response immutable(Request request) {
    return answer(request, "public, max-age=31536000, immutable");
  }

  /** The answer under a name that stays when the content changes. */
  Response renewable(Request request) {
    return answer(request, "public, max-age=3600");
  }

  private Response answer(Request request, String caching) {
    boolean gzip =
        compressed.isPresent()
            && request
                .header("accept-encoding")
                .filter(codings -> codings.contains("gzip"))
                .isPresent();
    String tag = "\"" + hash + (gzip ? "-gzip" : "") + "\"";
    boolean known = request.header("if-none-match").filter(tags -> tags.contains(tag)).isPresent();
    Map<String, String> headers = new HashMap<>();
    headers.put("content-type", type);
    headers.put("cache-control", caching);
    headers.put("etag", tag);
    headers.put("vary", "accept-encoding");
    if (known) {
      return new Response(304, headers, new byte[0]);
    }
    if (gzip) {
      headers.put("content-encoding", "gzip");
    }
    return new Response(200, headers, gzip ? compressed.orElseThrow() : plain);
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static String hash(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

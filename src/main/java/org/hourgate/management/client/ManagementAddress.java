package org.hourgate.management.client;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where OpenVPN listens for its controller: {@code management …} in its configuration. */
public sealed interface ManagementAddress {

  /** A longer path is cut silently by OpenVPN ({@code socket.c sockaddr_unix_init}). */
  int MAX_UNIX_PATH_BYTES = 107;

  /** A unix socket. */
  record Unix(Path path) implements ManagementAddress {
    public Unix {
      int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
      if (bytes == 0 || bytes > MAX_UNIX_PATH_BYTES) {
        throw new IllegalArgumentException(
            "the path of a unix socket has 1 to %d bytes, this one has %d: %s"
                .formatted(MAX_UNIX_PATH_BYTES, bytes, path));
      }
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /** A TCP port. */
  record Tcp(String host, int port) implements ManagementAddress {
    public Tcp {
      if (host.isBlank()) {
        throw new IllegalArgumentException("the host is missing");
      }
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("not a TCP port: " + port);
      }
    }

    @Override
    public String toString() {
      return "tcp:" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * Reads {@code unix:/path} or {@code tcp:HOST:PORT}; an IPv6 address as HOST stands in brackets.
   *
   * @throws IllegalArgumentException with words for the person who wrote it
   */
  static ManagementAddress parse(String text) {
    if (text.startsWith("unix:")) {
      try {
        return new Unix(Path.of(text.substring("unix:".length())));
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException("not a path: " + e.getReason(), e);
      }
    }
    if (text.startsWith("tcp:")) {
      int colon = text.lastIndexOf(':');
      String host = colon > "tcp:".length() ? text.substring("tcp:".length(), colon) : "";
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      if (host.contains(":") && !bracketed) {
        throw new IllegalArgumentException(
            "write an IPv6 address in brackets, as in tcp:[::1]:7505, not " + text);
      }
      return new Tcp(
          bracketed ? host.substring(1, host.length() - 1) : host, port(text, colon + 1));
    }
    throw new IllegalArgumentException(
        "write a management address as unix:/path or tcp:HOST:PORT, not \"" + text + "\"");
  }

  private static int port(String text, int from) {
    String digits = text.substring(from);
    if (!digits.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "write a management address as tcp:HOST:PORT, not \"" + text + "\"");
    }
    return Integer.parseInt(digits);
  }
}

package org.hourgate.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A recorded management stream of a real OpenVPN; the format is described in the README beside the
 * files.
 *
 * @param connections the connections of the file, one after another
 */
public record Capture(String name, List<List<Line>> connections) {

  /** Who wrote a line. */
  public enum Direction {
    FROM_OPENVPN,
    TO_OPENVPN
  }

  /** One recorded line with its line end, one character per byte. */
  public record Line(Direction direction, String raw) {
    /** The line without its line end. */
    public String text() {
      return raw.replaceAll("\r?\n$", "");
    }
  }

  /** All captures of OpenVPN 2.6.14. */
  public static List<Capture> all() {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .filter(file -> file.toString().endsWith(".txt"))
          .sorted()
          .map(Capture::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The capture of that name, without {@code .txt}. */
  public static Capture named(String name) {
    return read(folder().resolve(name + ".txt"));
  }

  /** What OpenVPN wrote on one connection. */
  public static byte[] fromOpenVpn(List<Line> connection) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    connection.stream()
        .filter(line -> line.direction() == Direction.FROM_OPENVPN)
        .forEach(line -> bytes.writeBytes(line.raw().getBytes(StandardCharsets.ISO_8859_1)));
    return bytes.toByteArray();
  }

  @Override
  public String toString() {
    return name;
  }

  private static Path folder() {
    try {
      return Path.of(Capture.class.getResource("/captures/openvpn-2.6.14").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Capture read(Path file) {
    List<List<Line>> connections = new ArrayList<>();
    List<Line> connection = new ArrayList<>();
    try {
      for (String row : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
        String[] fields = row.split(" \\| ", 2);
        String text = fields.length == 2 ? fields[1] : "";
        if (fields[0].endsWith("O->C")) {
          connection.add(new Line(Direction.FROM_OPENVPN, unescape(text)));
        } else if (fields[0].endsWith("C->O")) {
          connection.add(new Line(Direction.TO_OPENVPN, unescape(text)));
        } else if (text.startsWith("connected to ") && !connection.isEmpty()) {
          connections.add(List.copyOf(connection));
          connection.clear();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    connections.add(List.copyOf(connection));
    String fileName = file.getFileName().toString();
    return new Capture(
        fileName.substring(0, fileName.length() - ".txt".length()), List.copyOf(connections));
  }

  private static String unescape(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i++);
      if (c != '\\') {
        bytes.write(c);
        continue;
      }
      char escape = text.charAt(i++);
      switch (escape) {
        case 'r' -> bytes.write('\r');
        case 'n' -> bytes.write('\n');
        case '\\' -> bytes.write('\\');
        case 'x' -> {
          bytes.write(Integer.parseInt(text.substring(i, i + 2), 16));
          i += 2;
        }
        default -> throw new IllegalArgumentException("not an escape: \\" + escape);
      }
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }
}

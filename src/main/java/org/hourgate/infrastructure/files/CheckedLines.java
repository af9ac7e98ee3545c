package org.hourgate.infrastructure.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/** Lines of fields with a blank between, the last one being the checksum of those before it. */
public final class CheckedLines {

  private CheckedLines() {}

  /** One line, its end included. */
  public static String line(String text) {
    CRC32 checksum = new CRC32();
    checksum.update(text.getBytes(StandardCharsets.UTF_8));
    return text + " " + HexFormat.of().toHexDigits((int) checksum.getValue()) + "\n";
  }

  /**
   * The lines of a file.
   *
   * @throws IOException if the last one is cut short
   */
  public static List<String> split(String content) throws IOException {
    if (!content.endsWith("\n")) {
      throw new IOException("the last line is cut short");
    }
    return content.lines().toList();
  }

  /**
   * The fields of one line, without the checksum.
   *
   * @throws IOException unless the checksum is right and there are so many fields
   */
  public static String[] fields(String line, int count) throws IOException {
    int end = line.lastIndexOf(' ');
    if (end < 0 || !line(line.substring(0, end)).equals(line + "\n")) {
      throw new IOException("a line is damaged");
    }
    String[] fields = line.substring(0, end).split(" ", -1);
    if (fields.length != count) {
      throw new IOException("a line is damaged");
    }
    return fields;
  }
}

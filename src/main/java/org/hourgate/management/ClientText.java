package org.hourgate.management;

/** Makes text fit to be shown by a client: it may come from anywhere. */
public final class ClientText {

  /** Fits every message a client of 2.6 can show, with room for our own prefixes. */
  public static final int DEFAULT_MAX_BYTES = 200;

  private ClientText() {}

  /** {@link #safe(String, int)} with {@link #DEFAULT_MAX_BYTES}. */
  public static String safe(String text) {
    return safe(text, DEFAULT_MAX_BYTES);
  }

  /**
   * Returns the text with every control character, line separator and half surrogate pair replaced
   * by a blank, without blanks at its ends, cut between two code points to at most this many bytes
   * of UTF-8.
   */
  public static String safe(String text, int maxBytes) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .map(codePoint -> isUnsafe(codePoint) ? ' ' : codePoint)
        .forEach(safe::appendCodePoint);
    String stripped = safe.toString().strip();
    int bytes = 0;
    int end = 0;
    while (end < stripped.length()) {
      int codePoint = stripped.codePointAt(end);
      bytes += utf8Length(codePoint);
      if (bytes > maxBytes) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return stripped.substring(0, end).stripTrailing();
  }

  private static boolean isUnsafe(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static int utf8Length(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }
}

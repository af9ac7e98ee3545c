package org.hourgate.credential;

import java.util.HexFormat;

/** Byte strings kept as lower-case hexadecimal digits, so that records of them are values. */
final class LowerHex {
  private static final HexFormat FORMAT = HexFormat.of();

  private LowerHex() {}

  static String format(byte[] bytes) {
    return FORMAT.formatHex(bytes);
  }

  static byte[] parse(String hex) {
    return FORMAT.parseHex(hex);
  }

  static boolean matches(String text, int digits) {
    if (text.length() != digits) {
      return false;
    }
    for (int i = 0; i < digits; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** Throws if the text is anything else; the message does not repeat it. */
  static void require(String text, int digits) {
    if (!matches(text, digits)) {
      throw new IllegalArgumentException("not " + digits + " lower-case hexadecimal digits");
    }
  }
}

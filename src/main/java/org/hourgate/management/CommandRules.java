package org.hourgate.management;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What OpenVPN 2.6 takes without harm. Beyond these bounds it does not refuse but loses the head of
 * a line and runs its tail as a command ({@code manage.c command_line_add}), or makes two
 * directives of one ({@code multi.c multi_client_connect_mda}). Its 16 words per line need no
 * check: no command here has more than five.
 */
final class CommandRules {

  /** {@code options.h OPTION_PARM_SIZE}, after unescaping. */
  static final int MAX_WORD_BYTES = 256;

  /** With more data behind it, 768 bytes are the bound: {@code manage.c man_read}. */
  static final int MAX_LINE_BYTES = 512;

  /** {@code options.h OPTION_LINE_SIZE} less the terminating zero. */
  static final int MAX_DIRECTIVE_BYTES = 255;

  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  private CommandRules() {}

  /** Checks words of free text and the length of the line they make when quoted. */
  static void checkLine(String verb, int numberBytes, String... texts) {
    int length = verb.length() + numberBytes;
    for (String text : texts) {
      checkWord(verb, text);
      length += 3 + text.getBytes(StandardCharsets.UTF_8).length + escapes(text);
    }
    if (length > MAX_LINE_BYTES) {
      throw new IllegalArgumentException(
          verb + " makes a line of " + length + " bytes, above " + MAX_LINE_BYTES);
    }
  }

  /**
   * Checks a common name, which holds the bytes as they came: one character is one byte, of any
   * value but control bytes. {@code kill} takes what has a colon for an address ({@code manage.c
   * man_kill}).
   */
  static void checkCommonName(String name) {
    boolean wrong =
        name.chars().anyMatch(c -> c < 0x20 || c == 0x7F || c > 0xFF || c == ':')
            || name.isEmpty()
            || name.length() > MAX_WORD_BYTES
            || name.length() + escapes(name) + "kill \"\"".length() > MAX_LINE_BYTES;
    if (wrong) {
      throw new IllegalArgumentException("not a common name that kill can take");
    }
  }

  static void checkAddress(String address, int port) {
    if (!IPV4.matcher(address).matches() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException("not an address that kill can take");
    }
  }

  static void checkDirectives(List<String> directives) {
    for (String directive : directives) {
      checkText("client-auth", directive);
      int length = directive.getBytes(StandardCharsets.UTF_8).length;
      if (length > MAX_DIRECTIVE_BYTES) {
        throw new IllegalArgumentException(
            "a directive has " + length + " bytes, above " + MAX_DIRECTIVE_BYTES);
      }
      if (directive.strip().equals("END")) {
        throw new IllegalArgumentException("a directive must not be END");
      }
    }
  }

  private static void checkWord(String verb, String text) {
    checkText(verb, text);
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_WORD_BYTES) {
      throw new IllegalArgumentException(
          "a word of " + verb + " has " + length + " bytes, above " + MAX_WORD_BYTES);
    }
  }

  private static void checkText(String verb, String text) {
    boolean ascii = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        throw new IllegalArgumentException(verb + " must not hold control characters");
      }
      ascii &= c < 0x80;
    }
    if (!ascii && !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(verb + " holds half a surrogate pair");
    }
  }

  private static int escapes(String text) {
    return (int) text.chars().filter(c -> c == '"' || c == '\\').count();
  }
}

package org.hourgate.management.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words exactly as OpenVPN 2.6 does ({@code options_parse.c parse_line}): words
 * end at white space, double and single quotes hold it together, a backslash outside single quotes
 * may stand before a backslash, a double quote or white space only, {@code ;} or {@code #} at the
 * start of a word begins a comment, and what follows the sixteenth word is dropped.
 */
public final class CommandLexer {

  private static final int MAX_WORDS = 16;
  private static final int MAX_WORD = 256;
  private static final char END = '\0';

  private CommandLexer() {}

  /** What a line came to. */
  public sealed interface Result {}

  /** Its words; none for an empty line or a comment. */
  public record Words(List<String> words) implements Result {
    public Words {
      words = List.copyOf(words);
    }
  }

  /** The daemon answers {@code ERROR: } and this text. */
  public record Refused(String text) implements Result {}

  private enum State {
    BETWEEN,
    PLAIN,
    DOUBLE_QUOTED,
    SINGLE_QUOTED
  }

  /**
   * Splits one line.
   *
   * @param line its bytes as ISO-8859-1, without line end
   */
  public static Result split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    State state = State.BETWEEN;
    boolean backslash = false;
    for (int i = 0; i <= line.length() && words.size() < MAX_WORDS; i++) {
      char c = i < line.length() ? line.charAt(i) : END;
      if (!backslash && c == '\\' && state != State.SINGLE_QUOTED) {
        backslash = true;
        continue;
      }
      boolean kept = false;
      boolean ended = false;
      switch (state) {
        case BETWEEN -> {
          if (isSpace(c)) {
            break;
          }
          if (c == ';' || c == '#') {
            return new Words(words);
          }
          if (!backslash && c == '"') {
            state = State.DOUBLE_QUOTED;
          } else if (!backslash && c == '\'') {
            state = State.SINGLE_QUOTED;
          } else {
            state = State.PLAIN;
            kept = true;
          }
        }
        case PLAIN -> {
          ended = !backslash && isSpace(c);
          kept = !ended;
        }
        case DOUBLE_QUOTED -> {
          ended = !backslash && c == '"';
          kept = !ended;
        }
        case SINGLE_QUOTED -> {
          ended = c == '\'';
          kept = !ended;
        }
      }
      if (ended) {
        words.add(word.toString());
        word.setLength(0);
        state = State.BETWEEN;
      }
      if (kept && c != END) {
        if (backslash && !(c == '\\' || c == '"' || isSpace(c))) {
          return new Refused(BAD_BACKSLASH);
        }
        if (word.length() == MAX_WORD) {
          word.setLength(MAX_WORD - 1);
          return new Refused(
              "Options error: Parameter at TCP:0 is too long (256 chars max): " + word);
        }
        word.append(c);
      }
      backslash = false;
    }
    return switch (state) {
      case DOUBLE_QUOTED -> new Refused("Options error: No closing quotation (\") in TCP:0");
      case SINGLE_QUOTED -> new Refused("Options error: No closing single quotation (') in TCP:0");
      case PLAIN -> new Refused("Options error: Residual parse state (2) in TCP:0");
      case BETWEEN -> new Words(words);
    };
  }

  private static final String BAD_BACKSLASH =
      "Options warning: Bad backslash ('\\') usage in TCP:0: remember that backslashes are treated"
          + " as shell-escapes and if you need to pass backslash characters as part of a Windows"
          + " filename, you should use double backslashes such as \"c:\\\\openvpn\\\\static.key\"";

  private static boolean isSpace(char c) {
    return c == END || c == ' ' || (c >= '\t' && c <= '\r');
  }
}

package org.hourgate.management.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CommandLexerTest {

  @Test
  void splitsAtWhiteSpaceAndKeepsQuotedTextTogether() {
    assertWords("kill  a\tb ", "kill", "a", "b");
    assertWords("a \"b c\" 'd \\e'", "a", "b c", "d \\e");
    assertWords("a \"\" ''", "a", "", "");
    assertWords("a\"b\"c", "a\"b\"c");
    assertWords("\"a\"\"b\"", "a", "b");
  }

  @Test
  void takesBackslashBeforeBackslashQuoteAndWhiteSpace() {
    assertWords("a\\ b \\\"c \"d\\\\e\\\"f\"", "a b", "\"c", "d\\e\"f");
  }

  @Test
  void emptyLinesAndCommentsHaveNoWords() {
    assertWords("");
    assertWords("   ");
    assertWords("# x");
    assertWords("; x");
    assertWords("a #b", "a");
    assertWords("a b#c", "a", "b#c");
  }

  @Test
  void dropsWhatFollowsTheSixteenthWord() {
    assertThat(CommandLexer.split("x ".repeat(17)))
        .isEqualTo(new CommandLexer.Words(Collections.nCopies(16, "x")));
  }

  @Test
  void refusesWithTheDaemonsWords() {
    assertRefused("\"pid", "Options error: No closing quotation (\") in TCP:0");
    assertRefused("'pid", "Options error: No closing single quotation (') in TCP:0");
    assertRefused("pid\\", "Options error: Residual parse state (2) in TCP:0");
    assertRefused(
        "p\\id",
        "Options warning: Bad backslash ('\\') usage in TCP:0: remember that backslashes are treated"
            + " as shell-escapes and if you need to pass backslash characters as part of a Windows"
            + " filename, you should use double backslashes such as \"c:\\\\openvpn\\\\static.key\"");
    assertRefused(
        "z".repeat(257),
        "Options error: Parameter at TCP:0 is too long (256 chars max): " + "z".repeat(255));
    assertWords("z".repeat(256), "z".repeat(256));
  }

  @Test
  void anyBytesAreSplitOrRefused() {
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      StringBuilder line = new StringBuilder();
      for (int length = random.nextInt(60); length > 0; length--) {
        line.append("ab \\\"'#;\t\u00ff".charAt(random.nextInt(10)));
      }
      assertThat(CommandLexer.split(line.toString())).isNotNull();
    }
  }

  private static void assertWords(String line, String... words) {
    assertThat(CommandLexer.split(line)).isEqualTo(new CommandLexer.Words(List.of(words)));
  }

  private static void assertRefused(String line, String text) {
    assertThat(CommandLexer.split(line)).isEqualTo(new CommandLexer.Refused(text));
  }
}

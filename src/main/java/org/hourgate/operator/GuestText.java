package org.hourgate.operator;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hourgate.management.Reply;

/** Words as OpenVPN reads them, replies as it prints them ({@code manage.c}). */
final class GuestText {

  private static final Pattern NUMBER = Pattern.compile("\\s*([+-]?[0-9]{1,9}).*", Pattern.DOTALL);
  private static final String END_OF_LINE = "\r\n";

  private GuestText() {}

  static String of(Reply reply) {
    return switch (reply) {
      case Reply.Success(String text) -> success(text);
      case Reply.Failure(String text) -> error(text);
      case Reply.Lines(List<String> lines) -> lines(lines);
    };
  }

  static String success(String text) {
    return "SUCCESS: " + text + END_OF_LINE;
  }

  static String error(String text) {
    return "ERROR: " + text + END_OF_LINE;
  }

  static String lines(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append(END_OF_LINE));
    return text.append("END").append(END_OF_LINE).toString();
  }

  /** As C's atoi. */
  static int number(String text) {
    Matcher number = NUMBER.matcher(text);
    return number.matches() ? Integer.parseInt(number.group(1)) : 0;
  }
}

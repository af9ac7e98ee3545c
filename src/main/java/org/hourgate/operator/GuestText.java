package org.hourgate.operator;

import java.util.List;
import org.hourgate.management.Reply;

/** Replies as OpenVPN prints them ({@code manage.c}). */
final class GuestText {

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
}

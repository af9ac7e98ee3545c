package org.hourgate.conformance;

import java.util.Arrays;
import java.util.List;
import org.hourgate.management.codec.CommandLexer;

/**
 * One command of the controller, as OpenVPN would understand it.
 *
 * @param words of its first line; none if OpenVPN would refuse that line
 * @param block the lines between client-auth and END
 */
record Said(String text, List<String> words, List<String> block) {

  static Said of(String command) {
    List<String> lines = Arrays.asList(command.split("\n", -1));
    List<String> words =
        CommandLexer.split(lines.getFirst()) instanceof CommandLexer.Words(List<String> split)
            ? split
            : List.of();
    List<String> block = lines.size() > 1 ? lines.subList(1, lines.size() - 1) : List.of();
    return new Said(command, words, List.copyOf(block));
  }

  String verb() {
    return words.isEmpty() ? "" : words.getFirst();
  }

  /** Whether it names a client. */
  boolean isAbout(long client) {
    return words.size() > 1
        && verb().startsWith("client-")
        && words.get(1).equals(Long.toString(client));
  }

  boolean isAccept() {
    return verb().equals("client-auth") || verb().equals("client-auth-nt");
  }

  boolean isVerdict() {
    return isAccept() || verb().equals("client-deny");
  }

  /** Whether it answers this client and key. */
  boolean answers(long client, long key) {
    return isVerdict()
        && isAbout(client)
        && words.size() > 2
        && words.get(2).equals(Long.toString(key));
  }
}

package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.hourgate.management.Reply;
import org.hourgate.management.ReplyShape;
import org.hourgate.management.codec.CommandLexer;
import org.hourgate.testing.Capture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real dialogues: with the reply shape of each command known, every reply line finds a command, and
 * in the end no command is without reply.
 */
final class CapturedRepliesTest {

  private static final Set<String> MULTI_LINE = Set.of("status", "version", "help", "log", "state");

  /** Overlong lines lose their head, and in one the recorder was the daemon's client. */
  private static final Set<String> OTHER_RULES =
      Set.of(
          "command-line-limits",
          "overlong-line-tail-and-log-inside-env",
          "challenge-client-side",
          "deny-client-side",
          "pending-auth-client-side",
          "password-wrong-three-times");

  static Stream<Capture> dialogues() {
    return Capture.all().stream().filter(capture -> !OTHER_RULES.contains(capture.name()));
  }

  @ParameterizedTest
  @MethodSource("dialogues")
  void everyReplyFindsItsCommand(Capture capture) {
    for (List<Capture.Line> connection : capture.connections()) {
      Deque<Pending> pending = new ArrayDeque<>();
      boolean inBlock = false;
      boolean promptSeen = false;
      for (Capture.Line line : connection) {
        String text = line.text();
        if (line.direction() == Capture.Direction.TO_OPENVPN) {
          if (inBlock) {
            inBlock = !text.equals("END");
          } else if (promptSeen) {
            promptSeen = false;
            pending.add(new Pending("password", new ReplyCollector(ReplyShape.SINGLE)));
          } else {
            inBlock = text.matches("client-auth \\d+ \\d+");
            shape(text)
                .ifPresent(shape -> pending.add(new Pending(text, new ReplyCollector(shape))));
          }
        } else if (text.equals("ENTER PASSWORD:")) {
          promptSeen = true;
        } else if (!text.startsWith(">")) {
          assertThat(pending).as("commands due a reply, at %s", text).isNotEmpty();
          Optional<Reply> reply = pending.getFirst().lines().accept(text);
          if (reply.isPresent()) {
            pending.removeFirst();
          }
        }
      }
      assertThat(pending).extracting(Pending::command).isSubsetOf("quit", "exit");
    }
  }

  private record Pending(String command, ReplyCollector lines) {}

  private static Optional<ReplyShape> shape(String line) {
    return switch (CommandLexer.split(line)) {
      case CommandLexer.Refused _ -> Optional.of(ReplyShape.SINGLE);
      case CommandLexer.Words(List<String> words) -> {
        if (words.isEmpty() || (words.getFirst().equals("version") && words.size() > 1)) {
          yield Optional.empty();
        }
        boolean switches = words.size() > 1 && Set.of("on", "off").contains(words.get(1));
        yield Optional.of(
            MULTI_LINE.contains(words.getFirst()) && !switches
                ? ReplyShape.UNTIL_END
                : ReplyShape.SINGLE);
      }
    };
  }
}

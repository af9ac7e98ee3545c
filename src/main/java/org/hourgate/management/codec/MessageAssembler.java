package org.hourgate.management.codec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.hourgate.management.ClientEnvironment;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.management.Notification;
import org.jspecify.annotations.Nullable;

/**
 * Lines to messages. Joins a {@code >CLIENT:} line with the ENV lines behind it; other lines
 * between those pass at once, as {@code >LOG:} does with {@code log on}. At most one block is open;
 * a second one before the END of the first is a {@link ManagementProtocolException}.
 *
 * <p>ENV lines behind a line we can't read are counted and dropped: they belong to nobody.
 */
final class MessageAssembler {

  static final int MAX_BLOCK_LINES = 1_000;
  static final int MAX_BLOCK_CHARACTERS = 256 * 1024;

  private static final String ENV = ">CLIENT:ENV,";

  private final LongAdder unparsedLines;
  private @Nullable Block open;

  MessageAssembler(LongAdder unparsedLines) {
    this.unparsedLines = unparsedLines;
  }

  /** Takes the next line, without its line end; gives the message it completes, if any. */
  Optional<ManagementMessage> accept(String line) {
    if (!line.startsWith(">")) {
      return Optional.of(new ManagementMessage.ReplyLine(line));
    }
    if (line.startsWith(ENV)) {
      return environment(line.substring(ENV.length())).map(ManagementMessage.Notified::new);
    }
    return switch (NotificationParser.parse(line)) {
      case NotificationParser.Whole(Notification notification) -> notified(notification);
      case NotificationParser.Malformed(Notification.Unrecognized unrecognized) -> {
        unparsedLines.increment();
        yield notified(unrecognized);
      }
      case NotificationParser.BlockHead head -> {
        begin(head);
        yield Optional.empty();
      }
    };
  }

  private static Optional<ManagementMessage> notified(Notification notification) {
    return Optional.of(new ManagementMessage.Notified(notification));
  }

  private void begin(NotificationParser.BlockHead head) {
    if (open != null) {
      throw new ManagementProtocolException("a client block began inside another");
    }
    open = new Block(head);
  }

  private Optional<Notification> environment(String variable) {
    Block block = open;
    if (block == null) {
      unparsedLines.increment();
      return Optional.empty();
    }
    if (variable.equals("END")) {
      open = null;
      return Optional.of(block.end());
    }
    block.add(variable);
    return Optional.empty();
  }

  private static final class Block {
    private final NotificationParser.BlockHead head;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private boolean duplicated;
    private int lines;
    private int characters;

    Block(NotificationParser.BlockHead head) {
      this.head = head;
    }

    /** Splits at the first equals sign: the value may hold more of them. */
    void add(String variable) {
      lines++;
      characters += variable.length();
      if (lines > MAX_BLOCK_LINES || characters > MAX_BLOCK_CHARACTERS) {
        throw new ManagementProtocolException(
            "a client block above %d lines or %d bytes"
                .formatted(MAX_BLOCK_LINES, MAX_BLOCK_CHARACTERS));
      }
      int equals = variable.indexOf('=');
      String name = equals < 0 ? variable : variable.substring(0, equals);
      String value = equals < 0 ? "" : variable.substring(equals + 1);
      duplicated |= variables.putIfAbsent(name, value) != null;
    }

    Notification end() {
      return head.completion()
          .apply(
              variables.isEmpty()
                  ? ClientEnvironment.EMPTY
                  : new ClientEnvironment(variables, duplicated));
    }
  }
}

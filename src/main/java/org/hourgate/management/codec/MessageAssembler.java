package org.hourgate.management.codec;

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
  private static final String END = "END";

  private final LongAdder unparsedLines;
  private final KnownNames names = new KnownNames();
  private @Nullable Block open;

  MessageAssembler(LongAdder unparsedLines) {
    this.unparsedLines = unparsedLines;
  }

  /** Takes the next line, without its line end; gives the message it completes, if any. */
  @Nullable ManagementMessage accept(String text, int start, int end) {
    if (start == end || text.charAt(start) != '>') {
      return new ManagementMessage.ReplyLine(text.substring(start, end));
    }
    if (end - start >= ENV.length() && text.startsWith(ENV, start)) {
      Notification notification = environment(text, start + ENV.length(), end);
      return notification == null ? null : notified(notification);
    }
    return switch (NotificationParser.parse(text.substring(start, end))) {
      case NotificationParser.Whole(Notification notification) -> notified(notification);
      case NotificationParser.Malformed(Notification.Unrecognized unrecognized) -> {
        unparsedLines.increment();
        yield notified(unrecognized);
      }
      case NotificationParser.BlockHead head -> {
        begin(head);
        yield null;
      }
    };
  }

  private static ManagementMessage notified(Notification notification) {
    return new ManagementMessage.Notified(notification);
  }

  private void begin(NotificationParser.BlockHead head) {
    if (open != null) {
      throw new ManagementProtocolException("a client block began inside another");
    }
    open = new Block(head);
  }

  private @Nullable Notification environment(String text, int start, int end) {
    Block block = open;
    if (block == null) {
      unparsedLines.increment();
      return null;
    }
    if (end - start == END.length() && text.startsWith(END, start)) {
      open = null;
      return block.head.completion().apply(block.lines.build());
    }
    block.add(text, start, end, names);
    return null;
  }

  private static final class Block {
    private final NotificationParser.BlockHead head;
    private final ClientEnvironment.Builder lines = new ClientEnvironment.Builder();
    private int count;
    private int characters;

    Block(NotificationParser.BlockHead head) {
      this.head = head;
    }

    /** Splits at the first equals sign: the value may hold more of them. */
    void add(String text, int start, int end, KnownNames names) {
      count++;
      characters += end - start;
      if (count > MAX_BLOCK_LINES || characters > MAX_BLOCK_CHARACTERS) {
        throw new ManagementProtocolException(
            "a client block above %d lines or %d bytes"
                .formatted(MAX_BLOCK_LINES, MAX_BLOCK_CHARACTERS));
      }
      int equals = text.indexOf('=', start, end);
      lines.add(
          names.name(text, start, equals < 0 ? end : equals),
          equals < 0 ? "" : text.substring(equals + 1, end));
    }
  }
}
